// ali-oss brings no declarations. Only what is used is declared, as its source (6.23.0) has it.
declare module 'ali-oss' {
  interface Result {
    status: number;
    headers: Record<string, string>;
  }

  export default class AliOss {
    constructor(options: Record<string, unknown>);
    /** Read anew for every request. */
    options: { accessKeyId: string; accessKeySecret: string; stsToken?: string | undefined };
    /** Handed to the transport with every request. */
    ctx: unknown;
    listBuckets(query: Record<string, unknown>): Promise<{
      buckets: { name: string; region?: string; creationDate?: string }[] | null;
      isTruncated: boolean;
      nextMarker: string | null;
    }>;
    listUploads(query: Record<string, unknown>): Promise<{
      uploads: { name: string; uploadId: string; initiated: string }[];
      isTruncated: boolean;
      nextKeyMarker?: string;
      nextUploadIdMarker?: string;
    }>;
    listParts(
      name: string,
      uploadId: string,
      query: Record<string, unknown>,
    ): Promise<{
      parts: ListedPart | ListedPart[];
      isTruncated: string;
      nextPartNumberMarker: string;
    }>;
    initMultipartUpload(name: string): Promise<{ uploadId: string }>;
    _uploadPart(
      name: string,
      uploadId: string,
      number: number,
      data: { stream: unknown; size: number },
      options: { headers: Record<string, string> },
    ): Promise<{ etag: string; res: Result }>;
    completeMultipartUpload(
      name: string,
      uploadId: string,
      parts: { number: number; etag: string }[],
    ): Promise<{ etag: string; res: Result }>;
    abortMultipartUpload(name: string, uploadId: string): Promise<unknown>;
    put(name: string, content: Buffer): Promise<{ res: Result }>;
    head(name: string): Promise<{ status: number; res: Result }>;
  }

  interface ListedPart {
    PartNumber: string;
    ETag: string;
    Size: string;
  }
}
