/** The one call that is sent whatever was granted: how it is refused tells a living key from a dead one. */
export const isKeyProof = ({ url }: { url: string }): boolean =>
  /^\/data\/ledgers\?pageSize=1&instance_id=[^&]+$/.test(url);
