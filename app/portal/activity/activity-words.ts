/** `hold.not_recorded` is written "Hold not recorded". */
export function activityWords(action: string): string {
  const words = action.replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
