export { narrowLists as narrowRegion } from "../access/narrow-lists.ts";
