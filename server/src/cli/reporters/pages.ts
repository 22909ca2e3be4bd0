import { codePage } from "../../text/code-pages.ts";
import type { Services } from "../services.ts";
import type { Report } from "./report.ts";

/** The pages of codes, from the documentation that comes with the program. */
export function codePages(services: Pick<Services, "documentation" | "documentationUri">): Report["page"] {
  return async (code) => {
    const page = codePage(code);
    if (page === undefined) return undefined;
    const text = await services.documentation(`codes/${page}`);
    return text === undefined ? undefined : { text, uri: services.documentationUri(`codes/${page}`) };
  };
}
