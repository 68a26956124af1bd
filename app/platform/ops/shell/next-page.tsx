import { useSearchParams } from "react-router";

import { TextLink } from "#app/ui/text-link.tsx";

/** The way on through a list, with its filters. */
export function NextPage({ name, next }: { name: string; next: string | number | undefined }) {
  const [params] = useSearchParams();
  if (next === undefined) return null;
  const onward = new URLSearchParams(params);
  onward.set(name, String(next));
  return (
    <p>
      <TextLink to={`?${onward}`}>Next page</TextLink>
    </p>
  );
}
