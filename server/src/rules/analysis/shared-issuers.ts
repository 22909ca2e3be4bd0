/**
 * Issuers that make tokens for whoever has an account there, and the claims that tell whose a token is. Issuers whose
 * URL names the tenant (CircleCI, Bitbucket Pipelines, a tenant of Entra ID) say that by themselves.
 */
export interface SharedIssuer {
  readonly product: string;
  /** For whom it makes tokens. */
  readonly tenants: string;
  /** Claims of which any one says who, or of which organisation, it is. The first are those to advise. */
  readonly pins: readonly string[];
}

const shared: ReadonlyMap<string, SharedIssuer> = new Map<string, SharedIssuer>([
  [
    // https://docs.github.com/en/actions/reference/security/oidc
    "https://token.actions.githubusercontent.com",
    {
      product: "GitHub Actions",
      tenants: "workflows of every repository on GitHub",
      pins: [
        "repository",
        "repository_owner",
        "sub",
        "repository_id",
        "repository_owner_id",
        "job_workflow_ref",
        "enterprise",
        "enterprise_id",
        "actor",
        "actor_id",
      ],
    },
  ],
  [
    // https://docs.gitlab.com/ci/secrets/id_token_authentication/
    "https://gitlab.com",
    {
      product: "GitLab.com",
      tenants: "pipelines of every project on GitLab.com",
      pins: [
        "project_path",
        "namespace_path",
        "sub",
        "project_id",
        "namespace_id",
        "ci_config_ref_uri",
        "user_id",
        "user_login",
        "user_email",
        "groups_direct",
      ],
    },
  ],
  [
    // https://buildkite.com/docs/agent/v3/cli-oidc
    "https://agent.buildkite.com",
    {
      product: "Buildkite",
      tenants: "jobs of every organization on Buildkite",
      pins: ["organization_slug", "pipeline_slug", "sub", "organization_id", "pipeline_id"],
    },
  ],
  [
    // https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens
    "https://app.terraform.io",
    {
      product: "HCP Terraform",
      tenants: "runs of every organization on HCP Terraform",
      pins: [
        "terraform_organization_id",
        "terraform_workspace_id",
        "sub",
        "terraform_organization_name",
        "terraform_project_id",
      ],
    },
  ],
  [
    // https://developers.google.com/identity/openid-connect/openid-connect
    "https://accounts.google.com",
    {
      product: "Google",
      tenants: "everybody with a Google account",
      pins: ["hd", "sub", "email"],
    },
  ],
]);

/** https://learn.microsoft.com/en-us/entra/identity-platform/id-token-claims-reference */
const anyTenant: SharedIssuer = {
  product: "Microsoft",
  tenants: "accounts of every tenant of Entra ID",
  pins: ["tid", "oid", "sub", "groups", "azp", "appid"],
};

/** By the issuer's URL as it is written; undefined for one that has its tokens for one organisation, or is unknown. */
export function sharedIssuer(url: string): SharedIssuer | undefined {
  const plain = url.replace(/\/$/, "");
  return /^https:\/\/login\.microsoftonline\.com\/(?:common|organizations|consumers)(?:\/|$)/.test(plain)
    ? anyTenant
    : shared.get(plain);
}
