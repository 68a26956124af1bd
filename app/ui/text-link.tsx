import { Link, type LinkProps } from "react-router";

export function TextLink(props: Omit<LinkProps, "className">) {
  return <Link {...props} className="font-medium text-link underline-offset-4 hover:underline" />;
}
