import { createElement, type FunctionComponent } from "react";
import { renderToStaticMarkup } from "react-dom/server";

/** What a component is before any script runs. */
export function render<Props extends object>(component: FunctionComponent<Props>, props: Props): string {
  return renderToStaticMarkup(createElement(component, props));
}

/** What a person reads of some markup, character references resolved. */
export function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|quot|amp|#x27);/g, (_, name: string) => CHARACTERS[name] ?? "");
}

const CHARACTERS: Record<string, string> = { lt: "<", gt: ">", quot: '"', amp: "&", "#x27": "'" };
