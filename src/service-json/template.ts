import { withoutNoise } from './noise.ts';
import type { JsonObject } from './value.ts';

export type TemplateId = 'processor' | 'image' | 'llm';

export interface Template {
  readonly id: TemplateId;
  /** For a menu. */
  readonly title: string;
}

/** What a new service may begin with. */
export const templates: readonly Template[] = [
  { id: 'processor', title: 'model with a ready-made processor' },
  { id: 'image', title: 'own image' },
  { id: 'llm', title: 'large language model on a GPU, own image' },
];

/** What a service is to be made around. */
interface Uploaded {
  readonly model_path?: string;
  readonly processor_path?: string;
}

/** The JSON of a template for an editor: valid, with a name and addresses still to be replaced. */
export function templateText(
  id: TemplateId,
  options: Uploaded & { readonly name?: string; readonly region?: string } = {},
): string {
  const name = options.name ?? 'my_service';
  const region = options.region ?? 'cn-shanghai';
  return `${JSON.stringify(contents(id, name, region, options), null, 2)}\n`;
}

function contents(id: TemplateId, name: string, region: string, { model_path, processor_path }: Uploaded): JsonObject {
  const image = (path: string) => `registry-vpc.${region}.aliyuncs.com/my_namespace/${path}`;
  if (id === 'processor') {
    return {
      name,
      model_path: model_path ?? 'oss://my-bucket/model.tar.gz',
      // One's own processor takes the place of a ready-made one.
      ...(processor_path === undefined
        ? { processor: 'tensorflow_cpu' }
        : { processor_path, processor_entry: './app.py', processor_type: 'python' }),
      metadata: { instance: 1, cpu: 1, memory: 2048 },
    };
  }
  if (id === 'image') {
    return {
      name,
      metadata: { instance: 1, cpu: 2, memory: 4096 },
      containers: [{ image: image('app:v1'), script: 'python app.py', port: 8000 }],
    };
  }
  return {
    name,
    metadata: { instance: 1, cpu: 16, gpu: 1, memory: 60000, shm_size: 16, rpc: { keepalive: 600000 } },
    cloud: { computing: { instances: [{ type: 'ecs.gn7i-c16g1.4xlarge' }] } },
    containers: [{ image: image('vllm:v1'), script: 'vllm serve /model --port 8000', port: 8000 }],
    storage: [{ mount_path: '/model', oss: { path: 'oss://my-bucket/model/', readOnly: true } }],
  };
}

/** A service's configuration as the draft of another one: the new name, without what the server wrote. */
export function cloneText(config: JsonObject, name: string): string {
  const { name: _, ...rest } = withoutNoise(config);
  const metadata = rest['metadata'] as JsonObject | undefined;
  if (metadata && typeof metadata === 'object' && Object.hasOwn(metadata, 'name')) {
    const { name: _inner, ...others } = metadata;
    return `${JSON.stringify({ name, ...rest, metadata: others }, null, 2)}\n`;
  }
  return `${JSON.stringify({ name, ...rest }, null, 2)}\n`;
}
