import { spawnSync } from "node:child_process";

/** What a task of `main.ts` prints, in a process of its own: its memory is its own, and so is what the JIT learns. */
export function inChild<T>(script: string, args: readonly string[]): T {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--expose-gc", script, ...args], {
    encoding: "utf8",
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(`${args.join(" ")}: ${stderr}`);
  return JSON.parse(stdout) as T;
}
