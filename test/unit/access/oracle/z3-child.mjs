/**
 * z3 in a process of its own: it is 35 MB of WebAssembly with threads, and a script that it chokes on must not take
 * the tests with it. One order of the parent after the other: the threads share one context.
 *
 * @typedef {object} Answer
 * @property {"sat" | "unsat" | "unknown"} answer
 * @property {number} milliseconds
 * @property {readonly string[]} [trues] where it is `sat`: the Boolean constants asked for that are true in the model
 *
 * @typedef {| { readonly id: number, readonly order: "script", readonly script: string, readonly timeout: number }
 *   | { readonly id: number, readonly order: "open", readonly script: string, readonly timeout: number }
 *   | { readonly id: number, readonly order: "clauses", readonly clauses: readonly (readonly string[])[] }
 *   | { readonly id: number, readonly order: "check", readonly assume: string, readonly values: readonly string[] }
 * } Order
 */
import process from "node:process";
import { init } from "z3-solver";

const { Z3, em } = await init();
const configuration = Z3.mk_config();
const context = Z3.mk_context(configuration);
Z3.del_config(configuration);

/** @param {string} doing */
function raiseProblem(doing) {
  const code = Z3.get_error_code(context);
  if (code !== 0) throw new Error(`z3 failed at ${doing}: ${Z3.get_error_msg(context, code)}`);
}

/** The last assertion of every script: it is there only where all of the script has arrived. */
const endOfScript = "end.of.script";

/**
 * Scripts have been seen to arrive garbled or cut at z3: such a one is read once more, and an error if that does not
 * help; never an answer.
 * @param {string} script
 * @param {number} timeout
 */
function solverOf(script, timeout) {
  try {
    return read(script, timeout);
  } catch (error) {
    console.info(`a script of z3 is read once more: ${error}`);
    return read(script, timeout);
  }
}

/**
 * A solver with the assertions of the script.
 * @param {string} script
 * @param {number} timeout
 */
function read(script, timeout) {
  const solver = Z3.mk_simple_solver(context);
  Z3.solver_inc_ref(context, solver);
  const parameters = Z3.mk_params(context);
  Z3.params_inc_ref(context, parameters);
  Z3.params_set_uint(context, parameters, Z3.mk_string_symbol(context, "timeout"), timeout);
  Z3.solver_set_params(context, solver, parameters);
  Z3.params_dec_ref(context, parameters);
  Z3.solver_from_string(
    context,
    solver,
    `${script}\n(declare-const ${endOfScript} Bool)\n(assert ${endOfScript})`,
  );
  raiseProblem("reading a script");
  const assertions = Z3.solver_get_assertions(context, solver);
  const count = Z3.ast_vector_size(context, assertions);
  const last =
    count === 0 ? "" : Z3.ast_to_string(context, Z3.ast_vector_get(context, assertions, count - 1));
  // What is plainly false is all that z3 keeps of a script.
  if (last !== endOfScript && last !== "false") throw new Error(`a script of z3 ends in ${last}`);
  return solver;
}

/** @param {number} answer */
const worded = (answer) => (answer === 1 ? "sat" : answer === -1 ? "unsat" : "unknown");

/** @type {ReturnType<typeof solverOf> | undefined} */
let open;
const booleans = Z3.mk_bool_sort(context);
Z3.inc_ref(context, Z3.sort_to_ast(context, booleans));

/** A Boolean constant, or with `!` in front its negation. @param {string} name */
function literal(name) {
  const isNegated = name.startsWith("!");
  const symbol = Z3.mk_string_symbol(context, isNegated ? name.slice(1) : name);
  const constant = Z3.mk_const(context, symbol, booleans);
  return isNegated ? Z3.mk_not(context, constant) : constant;
}

function opened() {
  if (open === undefined) throw new Error("no solver is open");
  return open;
}

/**
 * @param {string} assume
 * @param {readonly string[]} values
 */
async function check(assume, values) {
  const solver = opened();
  const answer = worded(await Z3.solver_check_assumptions(context, solver, [literal(assume)]));
  raiseProblem("deciding");
  if (answer !== "sat") return { answer, trues: [] };
  const model = Z3.solver_get_model(context, solver);
  Z3.model_inc_ref(context, model);
  const trues = values.filter((name) => {
    const value = Z3.model_eval(context, model, literal(name), true);
    return value !== null && Z3.get_bool_value(context, value) === 1;
  });
  Z3.model_dec_ref(context, model);
  return { answer, trues };
}

/** @param {Order} order */
async function obey(order) {
  switch (order.order) {
    case "script": {
      const solver = solverOf(order.script, order.timeout);
      try {
        const answer = worded(await Z3.solver_check(context, solver));
        raiseProblem("deciding");
        return { answer };
      } finally {
        Z3.solver_dec_ref(context, solver);
      }
    }
    case "open":
      if (open !== undefined) Z3.solver_dec_ref(context, open);
      open = solverOf(order.script, order.timeout);
      return {};
    case "clauses":
      for (const clause of order.clauses) {
        Z3.solver_assert(context, opened(), Z3.mk_or(context, clause.map(literal)));
        raiseProblem("adding a clause");
      }
      return {};
    case "check":
      return check(order.assume, order.values);
  }
}

let queue = Promise.resolve();
process.on("message", (/** @type {Order} */ order) => {
  queue = queue.then(async () => {
    const started = performance.now();
    try {
      const answer = await obey(order);
      process.send?.({ id: order.id, ...answer, milliseconds: performance.now() - started });
    } catch (error) {
      process.send?.({ id: order.id, problem: error instanceof Error ? error.message : String(error) });
    }
  });
});
process.on("disconnect", () => {
  em.PThread.terminateAllThreads();
  process.exit(0);
});
process.send?.({ ready: true });
