import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // test/editor runs inside a real VS Code (npm run test:editor), not here.
    exclude: ["test/editor/**", "**/node_modules/**"],
    pool: "forks",
    maxWorkers: 2,
    // `npm run test:deep` multiplies the random tests.
    testTimeout: process.env.PLUMBLINE_DEEP === undefined ? 20_000 : 3_600_000,
  },
});
