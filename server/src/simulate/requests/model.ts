import {
  destination,
  type Fields,
  type FormContext,
  field,
  fieldsField,
  given,
  RequestError,
  type RequestPart,
  requiredText,
  textField,
} from "./reading.ts";

/** The limit of tokens by the names that it has in chat completions and responses. */
const tokenFields = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/** A chat, responses or embeddings body in OpenAI's form. */
export function modelRequest(form: Fields, { set, beside }: FormContext): RequestPart {
  const body = fieldsField(form, "body") ?? withoutProvider(form);
  const model = requiredText(body, "model", "a model request");
  const stated = textField(form, "provider") ?? beside.provider;
  const resource =
    beside.resource === undefined
      ? [...set.resources.values()].find(
          (one) => one.model?.model === model && (stated === undefined || stated === one.model.provider),
        )
      : set.resources.get(beside.resource);
  return {
    traffic: "ai",
    transport: "http",
    ...destination(resource?.name ?? beside.resource),
    http: { method: "POST", path: pathOf(body), body },
    llm: { model, ...given({ provider: stated ?? resource?.model?.provider, maxTokens: tokensOf(body) }) },
  };
}

function withoutProvider({ provider: _provider, ...body }: Fields): Fields {
  return body;
}

/** Chat completions have messages; responses and embeddings have input, and only the former can be limited. */
function pathOf(body: Fields): string {
  if (field(body, "messages") !== undefined || field(body, "input") === undefined)
    return "/v1/chat/completions";
  const isResponse = ["max_output_tokens", "instructions", "tools", "previous_response_id"].some(
    (name) => field(body, name) !== undefined,
  );
  return isResponse ? "/v1/responses" : "/v1/embeddings";
}

function tokensOf(body: Fields): number | undefined {
  const name = tokenFields.find((one) => field(body, one) !== undefined);
  const tokens = name === undefined ? undefined : field(body, name);
  if (tokens === undefined) return undefined;
  if (typeof tokens === "number" && Number.isInteger(tokens) && tokens >= 0) return tokens;
  throw new RequestError(`${name} must be a whole number`);
}
