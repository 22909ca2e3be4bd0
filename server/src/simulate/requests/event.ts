import type { Resource } from "../../policy/model.ts";
import {
  destination,
  type Fields,
  type FormContext,
  given,
  type RequestPart,
  requiredText,
  textField,
} from "./reading.ts";

/** A CloudEvent 1.0 in its JSON form. Its source is asserted by the sender and proves nothing. */
export function eventRequest(form: Fields, { set, beside }: FormContext): RequestPart {
  const type = requiredText(form, "type", "a CloudEvent");
  const channel =
    beside.resource === undefined
      ? channelOf(type, beside.topic, set.resources.values())
      : set.resources.get(beside.resource);
  return {
    traffic: "event",
    ...destination(channel?.name ?? beside.resource),
    event: {
      type,
      operation: beside.operation ?? "publish",
      ...given({ source: textField(form, "source"), topic: beside.topic ?? channel?.event?.topic }),
    },
  };
}

/** By its topic, else the first one that carries events of this type. */
function channelOf(
  type: string,
  topic: string | undefined,
  resources: Iterable<Resource>,
): Resource | undefined {
  return [...resources].find(({ event }) =>
    topic === undefined ? event?.types.includes(type) === true : event?.topic === topic,
  );
}
