import type { DeployedAdapter } from "../adapter.ts";
import { decideKong } from "./decide.ts";
import { impossibleKong } from "./impossible.ts";
import { lowerKong } from "./lower.ts";
import type { KongModel } from "./model.ts";
import { postureKong } from "./posture.ts";
import { kongRoots, readKong } from "./read.ts";

/** Kong Gateway by its decK files (`deck gateway dump`, or hand-written). */
export const kong: DeployedAdapter<KongModel> = {
  type: "kong",
  recognises: (file) => kongRoots(file).length > 0,
  read: readKong,
  lower: lowerKong,
  decide: decideKong,
  impossible: impossibleKong,
  posture: postureKong,
};
