/** Tells on stderr how far a copy is, in tenths. */
export function tellProgress(word: string): (done: number, total: number) => void {
  let told = -1;
  return (done, total) => {
    const tenths = total === 0 ? 10 : Math.floor((done * 10) / total);
    if (tenths > told) console.error(`${word} ${tenths * 10} %`);
    told = Math.max(told, tenths);
  };
}
