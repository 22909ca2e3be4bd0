/** Unit tests import the generated schema validators, so bring them up to date before any test starts. */
import { compileSchemas } from "./compile-schemas.mjs";

export default async function setup() {
  await compileSchemas();
}
