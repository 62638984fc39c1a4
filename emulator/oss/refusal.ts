/** A refusal of OSS: HTTP status, code and message, as its XML tells them. */
export class OssRefusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements of the XML. */
  readonly more: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, more: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.more = more;
  }
}

export const noSuchUpload = (id: string) =>
  new OssRefusal(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id },
  );

export const noSuchBucket = (name: string) =>
  new OssRefusal(404, 'NoSuchBucket', 'The specified bucket does not exist.', { BucketName: name });

export const invalidArgument = (name: string, value: string, message: string) =>
  new OssRefusal(400, 'InvalidArgument', message, { ArgumentName: name, ArgumentValue: value });
