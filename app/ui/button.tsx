import type { ComponentProps } from "react";
import { Link, type LinkProps } from "react-router";

const SHAPE =
  "inline-flex min-h-9 items-center justify-center gap-2 rounded-panel border px-3.5 py-1.5 font-medium disabled:cursor-not-allowed disabled:opacity-60";

const KINDS = {
  primary: "border-transparent bg-action text-on-action",
  plain: "border-line bg-raised text-text hover:border-quiet",
};

type Kind = keyof typeof KINDS;

export function Button({
  kind = "plain",
  type = "button",
  ...rest
}: { kind?: Kind } & Omit<ComponentProps<"button">, "className">) {
  return <button {...rest} type={type} className={`${SHAPE} ${KINDS[kind]}`} />;
}

export function ButtonLink({ kind = "plain", ...rest }: { kind?: Kind } & Omit<LinkProps, "className">) {
  return <Link {...rest} className={`${SHAPE} ${KINDS[kind]}`} />;
}
