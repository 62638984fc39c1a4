/** Which bucket and object a request is about, from its Host header and path. */
export interface OssAddress {
  readonly bucket: string;
  /** Decoded. */
  readonly object: string;
  /** The region the client believes in, when the Host names one. */
  readonly region: string | undefined;
}

const ossHost = /^(?:([^.]+)\.)?oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/;

/**
 * Reads `<bucket>.oss-<region>[-internal].aliyuncs.com`, `<bucket>.localhost` and, for a bare address, the bucket as the
 * first segment of the path. ali-oss sent to an IP address puts the first form into its Host header; where there is no
 * bucket it then says `undefined.oss-…`.
 * @throws URIError when the path is not percent-encoded UTF-8
 */
export function readAddress(host: string, path: string): OssAddress {
  const name = host.replace(/:\d+$/, '');
  const object = decodeURIComponent(path.replace(/^\//, ''));
  const match = ossHost.exec(name);
  if (match) {
    const bucket = match[1] === undefined || match[1] === 'undefined' ? '' : match[1];
    return { bucket, object, region: match[2] };
  }
  const local = /^([^.]+)\.localhost$/.exec(name);
  if (local?.[1]) return { bucket: local[1], object, region: undefined };
  const at = object.indexOf('/');
  return {
    bucket: at < 0 ? object : object.slice(0, at),
    object: at < 0 ? '' : object.slice(at + 1),
    region: undefined,
  };
}
