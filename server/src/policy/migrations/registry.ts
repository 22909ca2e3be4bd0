import type { Migration } from "./migration.ts";

/** From each earlier version to the next. There is only one version so far. */
export const migrations: readonly Migration[] = [];
