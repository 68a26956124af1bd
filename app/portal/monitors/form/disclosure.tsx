import { useFormMetadata } from "@conform-to/react/future";
import type { ReactNode } from "react";

/** Fields that are seldom needed: shown once one of them says something, or is wrong. */
export function Disclosure({
  label,
  names,
  isOpen = false,
  children,
}: {
  label: string;
  names: readonly string[];
  isOpen?: boolean;
  children: ReactNode;
}) {
  const { getField } = useFormMetadata();
  const isUsed = names.some((name) => {
    const { defaultValue, errors } = getField<string>(name);
    return defaultValue !== "" || errors !== undefined;
  });
  return (
    <details open={isOpen || isUsed}>
      <summary className="w-fit py-1 font-medium text-link">{label}</summary>
      <div className="mt-2 grid gap-3 sm:grid-cols-2">{children}</div>
    </details>
  );
}
