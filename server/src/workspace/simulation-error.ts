/** What cannot be simulated, in a sentence for the person who asked. */
export class SimulationError extends Error {}
