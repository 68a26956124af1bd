/** Rows of the size that is to come: nothing moves when they are replaced. Their bars are hidden for the first 200 ms. */
export function Skeleton({
  label,
  rows,
  listClassName,
  rowClassName,
}: {
  /** What is being waited for, for those who do not see it. */
  label: string;
  rows: number;
  listClassName: string;
  rowClassName: string;
}) {
  return (
    <>
      <output className="sr-only">{label}</output>
      <div aria-hidden className={listClassName}>
        {Array.from({ length: rows }, (_, row) => (
          <div key={row} className={`flex flex-col justify-center ${rowClassName}`}>
            <span className="h-2.5 w-2/5 animate-appear rounded-full bg-line" />
          </div>
        ))}
      </div>
    </>
  );
}
