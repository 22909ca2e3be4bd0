/** gRPC methods of `.proto` files. */
import { describe, expect, test } from "vitest";
import { readProto } from "../../../server/src/policy/proto.ts";
import { SourceLayout } from "../../../server/src/text/layout.ts";
import type { ParsedFile } from "../../../server/src/text/tree.ts";
import { at } from "./support.ts";

function read(text: string) {
  const block = { uri: "file:///a.proto", text };
  const file: ParsedFile = {
    uri: block.uri,
    layout: new SourceLayout(block.uri, text, new Map([[block, 0]])),
    documents: [],
    problems: [],
  };
  return readProto(file);
}
const methods = (text: string) => read(text).operations.map((one) => `${one.rpc} «${at(one.place)}»`);

const orders = `// service Fake { rpc No(A) returns (B); }
syntax = "proto3";
package acme.orders.v1;
import "google/protobuf/empty.proto";
option java_package = "service X { rpc Y(";
/* rpc Hidden(A) returns (B); */
message GetOrder { string rpc = 1; message Inner { string service = 2; } }
service Orders {
  option deprecated = true;
  rpc GetOrder (GetOrderRequest) returns (Order) { option (google.api.http) = { get: "/v1/{id}" }; }
  rpc Watch(stream A) returns (stream B);
}
service Admin { rpc Purge(google.protobuf.Empty) returns (google.protobuf.Empty) {} }
`;

describe("the methods of a .proto file", () => {
  test("package, services, methods, each at its name", () => {
    expect(methods(orders)).toEqual([
      "acme.orders.v1.Orders/GetOrder «GetOrder»",
      "acme.orders.v1.Orders/Watch «Watch»",
      "acme.orders.v1.Admin/Purge «Purge»",
    ]);
    expect(methods("service S { rpc M(A) returns (B); }")).toEqual(["S/M «M»"]);
  });

  test.each([
    ["message A {}", "message"],
    ["", ""],
    ["service S { rpc M(A) returns (B);", "{"],
    ["service S { rpc M(A) returns (B); } }", "}"],
    ['{ "openapi": "3.1.0" }', "{"],
  ])("%j has one finding", (text, place) => {
    const { operations, problems } = read(text);
    expect(operations).toEqual([]);
    expect(problems.map((one) => `${one.code} «${at(one.place)}»`)).toEqual([`proto/not-proto «${place}»`]);
  });

  test("what is hostile ends, and large files are not read", () => {
    expect(read(`/*${"*".repeat(500_000)}`).problems).toHaveLength(1);
    expect(read("/* ".repeat(300_000)).problems).toHaveLength(1);
    expect(read('"'.repeat(500_000)).problems).toHaveLength(1);
    expect(read(`service S {${"{".repeat(500_000)}`).problems).toHaveLength(1);
    expect(read(" ".repeat(4_000_001)).problems[0]?.message).toContain("4 MB");
  });
});
