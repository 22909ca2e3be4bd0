import type { Interaction } from "../access/interaction.ts";
import type { PolicySet, Resource } from "../policy/model.ts";
import { isInvalid, normalise } from "./normalise.ts";
import { resolveResource } from "./targets.ts";

/** The declared resource that a request is for, whoever makes it; undefined also where the request is invalid. */
export function askedResource({ resources }: PolicySet, stated: Interaction): Resource | undefined {
  const interaction = normalise(stated);
  return isInvalid(interaction) ? undefined : resolveResource(resources, interaction);
}
