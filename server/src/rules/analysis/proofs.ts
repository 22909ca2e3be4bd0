/** What proves a caller to be an identity, each in a form that tells when two identities share it. */
import type { Environment, Identity } from "../../policy/model.ts";
import { substitute } from "../../policy/variables.ts";
import type { Place } from "../../text/place.ts";
import { at, text } from "../../text/tree.ts";

export interface Proof {
  /** Equal where the proofs are. */
  readonly key: string;
  readonly words: string;
  readonly place: Place;
  /** One client may have identities for several of its tokens, all of which it gets by one secret. */
  readonly isSecret?: true;
}

/** As ARCHITECTURE.md says what proves a caller. A variable that is not defined has its own finding. */
export function proofs(identity: Identity, environment: Environment): readonly Proof[] {
  return [
    ...svid(identity),
    ...token(identity),
    ...consumers(identity, environment),
    ...secret(identity, environment),
  ].filter(({ key }) => !key.includes("${"));
}

function svid({ spiffeId, spiffeIdPattern, node }: Identity): readonly Proof[] {
  const named: Proof[] = [];
  if (spiffeId !== undefined)
    named.push({
      key: `id ${spiffeId.text}`,
      words: spiffeId.text,
      place: at(node, "spiffeId")?.place ?? spiffeId.place,
    });
  if (spiffeIdPattern !== undefined)
    named.push({
      key: `pattern ${spiffeIdPattern.text}`,
      words: spiffeIdPattern.text,
      place: at(node, "spiffeIdPattern")?.place ?? spiffeIdPattern.place,
    });
  return named;
}

/** The whole of what a token must have: two that share one claim of several are different callers. */
function token({ issuer, clientId, claims, node }: Identity): readonly Proof[] {
  if (issuer === undefined || (clientId === undefined && claims.size === 0)) return [];
  const asked = [...claims].map(([claim, values]) => [claim, ...[...new Set(values)].sort()]).sort();
  const parts = [
    ...(clientId === undefined ? [] : [`client id ${clientId.text}`]),
    ...asked.map(([claim, ...values]) => `${claim} ${values.join(" or ")}`),
  ];
  return [
    {
      key: JSON.stringify(["token", issuer.text, clientId?.text ?? null, asked]),
      words: `tokens of ${issuer.text} with ${parts.join(" and ")}`,
      place: (at(node, "clientId") ?? at(node, "claims"))?.place ?? issuer.place,
    },
  ];
}

/** Groups of a gateway are shared by design, a consumer is one client with its credential. */
function consumers({ deployedAs, node }: Identity, { enforcementPoints }: Environment): readonly Proof[] {
  return [...deployedAs].flatMap(([gateway, { consumer }]) => {
    const place = at(node, "deployedAs", gateway, "consumer")?.place;
    if (consumer === undefined || place === undefined) return [];
    const points = [...enforcementPoints.values()].filter(
      (point) => point.type === gateway || point.name === gateway,
    );
    return points.map(({ name }) => ({
      key: JSON.stringify(["consumer", name, consumer]),
      words: `the consumer "${consumer}" of ${name}`,
      place,
    }));
  });
}

/** Whoever holds a secret is taken for all whose secret it is. */
function secret({ credential, node }: Identity, environment: Environment): readonly Proof[] {
  const written = at(node, "credential", "secretRef");
  const ref = text(written);
  if (credential === undefined || written === undefined || ref === undefined) return [];
  const manager = text(at(node, "credential", "secretManager"));
  const where = substitute(ref, environment);
  return [
    {
      key: JSON.stringify(["secret", manager ?? null, where]),
      words: `the secret ${where}${manager === undefined ? "" : ` of ${manager}`}`,
      place: written.place,
      isSecret: true,
    },
  ];
}
