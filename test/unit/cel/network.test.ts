import { describe, expect, test } from "vitest";
import { partOf } from "../../../server/src/access/evaluate-terms.ts";
import type { Interaction } from "../../../server/src/access/interaction.ts";
import { compileCondition } from "../../../server/src/cel/compile.ts";
import { agentgatewayEnvironment, plumblineEnvironment } from "../../../server/src/cel/environment.ts";
import { Random } from "./generate.ts";

const environment = plumblineEnvironment();
const from = (ip: string | undefined): Interaction => ({
  traffic: "api",
  ...(ip !== undefined && { source: { ip } }),
});

describe("networks", () => {
  test.each([
    ['cidr("10.0.0.0/8").containsIP(source.ip)', "10.1.2.3", "true"],
    ['cidr("10.0.0.0/8").containsIP(source.ip)', "11.1.2.3", "false"],
    // Bits of the host part do not count.
    ['cidr("10.9.9.9/8").containsIP(source.ip)', "10.1.2.3", "true"],
    ['cidr("2001:db8::/32").containsIP(source.ip)', "2001:db8:1::7", "true"],
    // `::/0` is all of IPv6, and no IPv4 address.
    ['cidr("::/0").containsIP(source.ip)', "10.1.2.3", "false"],
    ['cidr("0.0.0.0/0").containsIP(source.ip)', "::ffff:10.1.2.3", "true"],
    ['!cidr("10.0.0.0/8").containsIP(source.ip)', "11.1.2.3", "true"],
    ['cidr("10.0.0.0/8").containsIP(source.ip)', undefined, "error"],
    ['!cidr("10.0.0.0/8").containsIP(source.ip)', undefined, "error"],
    ['cidr("10.0.0.0/8").containsIP(source.ip)', "somewhere", "error"],
  ] as const)("%s for %s is %s", (source, ip, value) => {
    const compiled = compileCondition(source, environment);
    expect(compiled.problems).toEqual([]);
    expect(compiled.evaluate(from(ip)).value).toBe(value);
    expect(compiled.partition.opaque).toEqual([]);
    expect(partOf(compiled.partition, from(ip), new Map())).toBe(value);
  });

  test("say what was there and what was needed", () => {
    const inside = compileCondition('cidr("10.0.0.0/8").containsIP(source.ip)', environment);
    expect(inside.explain(from("192.168.0.1"))).toBe('ip was "192.168.0.1", needed an address in 10.0.0.0/8');
    const outside = compileCondition('!cidr("10.0.0.0/8").containsIP(source.ip)', environment);
    expect(outside.explain(from("10.0.0.1"))).toBe('ip was "10.0.0.1", needed no address in 10.0.0.0/8');
  });

  test.each(["10.0.0.0/33", "10.0.0.1", "10.0.0/8", "2001:db8::/129", "internal", ""])(
    "cidr(%j) is a constant that fails",
    (text) => {
      const source = `cidr("${text}").containsIP(source.ip)`;
      const { problems, evaluate, partition } = compileCondition(source, environment);
      expect(problems).toMatchObject([{ code: "cel/invalid-constant", start: 5, end: text.length + 7 }]);
      expect(evaluate(from("10.0.0.1")).value).toBe("error");
      expect(partOf(partition, from("10.0.0.1"), new Map())).toBe("error");
    },
  );

  test("only networks contain addresses", () => {
    const problem = (source: string) => compileCondition(source, environment).problems[0]?.code;
    expect(problem("source.ip.containsIP(source.ip)")).toBe("cel/type");
    expect(problem('cidr("10.0.0.0/8").containsIP(destination.port)')).toBe("cel/type");
    expect(problem('cidr("10.0.0.0/8") == "10.0.0.0/8"')).toBe("cel/type");
  });

  test.each([
    ['source.ip == "10.0.0.0/8"', 'cidr("10.0.0.0/8").containsIP(source.ip)'],
    ['source.ip in ["10.0.0.1", "fd00::/8"]', 'cidr("fd00::/8").containsIP(source.ip)'],
    ['source.ip != "internal"', 'cidr("10.0.0.0/8").containsIP(source.ip)'],
  ])("%s is never so, and there is a way to say it", (source, advice) => {
    const { problems } = compileCondition(source, environment);
    expect(problems).toMatchObject([{ code: "cel/unknown-value", message: expect.stringContaining(advice) }]);
    expect(compileCondition(advice, environment).problems).toEqual([]);
  });

  test("agentgateway's source.address is the same attribute", () => {
    const theirs = compileCondition(
      'cidr("10.0.0.0/8").containsIP(source.address)',
      agentgatewayEnvironment(),
    );
    const ours = compileCondition('cidr("10.0.0.0/8").containsIP(source.ip)', environment);
    expect(theirs.problems).toEqual([]);
    expect(theirs.partition).toEqual(ours.partition);
  });

  test("the evaluator and the predicates agree on random networks and addresses", () => {
    const counts = { true: 0, false: 0, error: 0 };
    for (let seed = 1; seed <= 400; seed++) {
      const random = new Random(seed);
      const byte = () => random.pick([0, 1, 10, 127, 128, 255]);
      const four = () => `${byte()}.${byte()}.${byte()}.${byte()}`;
      const six = () => `${random.pick(["::", "2001:db8::", "fe80::1:", "::ffff:"])}${four()}`;
      const network = () =>
        random.pick([true, false])
          ? `${four()}/${random.pick([0, 1, 7, 8, 9, 24, 31, 32])}`
          : `${random.pick(["::", "2001:db8::", "fe80::1"])}/${random.pick([0, 3, 32, 64, 128])}`;
      const test = () => `${random.pick(["", "!"])}cidr("${network()}").containsIP(source.ip)`;
      const source = `${test()} ${random.pick(["&&", "||"])} ${test()}`;
      const compiled = compileCondition(source, environment);
      for (let round = 0; round < 12; round++) {
        const request = from(random.chance(0.15) ? undefined : random.pick([four(), six(), "here", four()]));
        const { value } = compiled.evaluate(request);
        counts[value]++;
        expect(partOf(compiled.partition, request, new Map()), `${source} ${request.source?.ip}`).toBe(value);
      }
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(300);
  });
});
