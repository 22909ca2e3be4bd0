/** Watches which processes the language server starts: in a workspace that is not trusted, none. Linux only. */
import { readdirSync, readFileSync } from "node:fs";

const INTERVAL_MS = 50;

/**
 * @param {string} serverFile the bundle of the language server, as it stands in the command line of its process
 * @returns {{ stop: () => { servers: number, children: string[] } }} `stop` ends it and says how many servers there
 *   were, and the command lines of everything they started
 */
export function watchProcesses(serverFile) {
  /** @type {Set<number>} */
  const servers = new Set();
  /** @type {Map<number, string>} */
  const children = new Map();
  const look = () => {
    const processes = allProcesses();
    for (const { pid, command } of processes) if (command.includes(serverFile)) servers.add(pid);
    for (const { pid, parent, command } of processes) if (servers.has(parent)) children.set(pid, command);
  };
  const timer = setInterval(look, INTERVAL_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return { servers: servers.size, children: [...children.values()] };
    },
  };
}

/** @returns {{ pid: number, parent: number, command: string }[]} */
function allProcesses() {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // "pid (name) state parent ...", where the name may contain anything, spaces and parentheses included.
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
      return [{ pid: Number(name), parent, command }];
    } catch {
      // It has ended since the folder was listed.
      return [];
    }
  });
}
