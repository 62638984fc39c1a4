import type { Verb } from '../desk.ts';
import { callVerb } from './call.ts';
import { copySecret } from './copy-secret.ts';
import { create, creating, releaseCreate } from './create.ts';
import { drafts } from './drafts.ts';
import { edit } from './edit.ts';
import { fitVerb } from './fit.ts';
import { heatVerbs } from './heat.ts';
import { labelVerbs } from './label.ts';
import { lookVerbs } from './look.ts';
import { modify } from './modify.ts';
import { networkVerb } from './network.ts';
import { nodeVerbs } from './nodes.ts';
import { ramp } from './ramp.ts';
import { restore } from './restore.ts';
import { settle } from './settle.ts';
import { traffic } from './traffic.ts';
import { cancelUpload, leftovers, pauseUpload, resumeUpload, upload, useUpload } from './upload.ts';
import { version } from './version.ts';
import { weight } from './weight.ts';

/** Every verb there is, one line each. */
export const verbs: readonly Verb[] = [
  create,
  releaseCreate,
  creating,
  modify,
  edit,
  restore,
  drafts,

  upload,
  resumeUpload,
  pauseUpload,
  cancelUpload,
  useUpload,
  leftovers,
  version,
  weight,
  ramp,
  traffic,
  copySecret,
  settle,
  networkVerb,
  callVerb,
  fitVerb,
  ...lookVerbs,
  ...heatVerbs,
  ...nodeVerbs,
  ...labelVerbs,
];
