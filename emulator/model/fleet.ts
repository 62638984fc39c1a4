import { admit, buildNode, buildResource, buildService } from './build.ts';
import { type ServiceConfig, withInstances } from './config.ts';
import { failureMessage } from './failure.ts';
import { imageOf, type Lifecycle } from './lifecycle.ts';
import type { Resource } from './resource.ts';
import { watchLoad } from './scaler.ts';
import type { Service } from './service.ts';
import { addEvent, setStatus, type World, wireTime } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

interface Sketch {
  readonly name: string;
  readonly age: number;
  readonly config: ServiceConfig;
  /** Versions so far; the service runs the last. */
  readonly versions?: number;
  readonly status?: 'Running' | 'Stopped';
}

/** The account that a newcomer finds: one service for each thing worth seeing, with names as in the documentation. */
export function populate(world: World, lifecycle: Lifecycle): void {
  const now = world.clock.now();
  const { gpu, cpu } = populateResources(world, now);
  const { workers } = lifecycle;

  const bucket = `oss://pai-models-${world.region}`;
  const config = (name: string, metadata: Record<string, unknown>, more: ServiceConfig = {}): ServiceConfig => ({
    name,
    metadata: { instance: 1, cpu: 1, memory: 2000, ...metadata },
    processor: 'tensorflow_cpu_1.15',
    model_path: `${bucket}/${name}/model.tar.gz`,
    ...more,
  });

  function put(sketch: Sketch): Service {
    const service = buildService(world, sketch.name, sketch.config, now - sketch.age);
    const count = sketch.versions ?? 1;
    service.versions = Array.from({ length: count }, (_, i) => {
      const builtAt = now - sketch.age * (1 - i / count);
      return {
        id: i + 1,
        builtAt,
        config: i === count - 1 ? sketch.config : olderConfig(sketch.config, i),
        imageAvailable: i === 0 && count > 3 ? 'false' : 'true',
        runnable: 'true',
        message: 'Service is Running',
      };
    });
    service.currentVersion = count;
    service.latestVersion = count;
    service.updatedAt = service.versions.at(-1)?.builtAt ?? service.createdAt;
    if (!service.facts.image) service.image = imageOf(world, service, service.updatedAt);
    admit(world, service);
    if (sketch.status === 'Stopped') setStatus(service, 'Stopped', 'Service is stopped');
    else {
      for (let i = 0; i < service.desired; i++) workers.settle(service, service.updatedAt + 40_000 + i * 900);
      setStatus(service, 'Running', 'Service start successfully');
    }
    const started = service.updatedAt + 45_000;
    addEvent(world, service, { type: 'Normal', reason: 'Updating', message: 'Stage deploy complete', at: started });
    addEvent(world, service, { type: 'Normal', reason: 'Running', message: 'Service start successfully', at: started });
    return service;
  }

  put({
    name: 'mnist_saved_model_example',
    age: 41 * day,
    versions: 3,
    config: config('mnist_saved_model_example', { instance: 2 }),
  }).labels = { team: 'vision', stage: 'prod' };

  put({
    name: 'ner_chinese_bert',
    age: 12 * day,
    versions: 2,
    config: config(
      'ner_chinese_bert',
      { instance: 2, cpu: 6, gpu: 1, memory: 24000, resource: gpu.id, 'rpc.keepalive': 5000 },
      { processor: 'pytorch_gpu_1.6' },
    ),
  });

  const llm = put({
    name: 'llm_qwen_chat',
    age: 6 * day,
    versions: 4,
    config: {
      name: 'llm_qwen_chat',
      metadata: {
        instance: 2,
        cpu: 24,
        gpu: 2,
        memory: 96000,
        gpu_memory: 24,
        gpu_core_percentage: 100,
        resource: gpu.id,
        workspace_id: '123456',
        shm_size: 32,
      },
      containers: [
        {
          image: `eas-registry-vpc.${world.region}.cr.aliyuncs.com/pai-eas/chat-llm-webui:3.0-vllm`,
          port: 8000,
          script: 'python api/api_server.py --port=8000 --model-path=/models',
        },
      ],
      storage: [{ mount_path: '/models', oss: { path: `${bucket}/qwen2-7b/`, readOnly: true } }],
    },
  });
  llm.lock = 'dangerous';
  llm.labels = { team: 'nlp', stage: 'prod' };
  llm.gateway = 'gw-1uhcqmsc7x22nlbk0a';
  llm.quotaId = 'quota1k2x9';
  llm.startupMs = 12_000;
  llm.more = {
    AppType: 'LLM',
    AppSpecName: 'qwen2_7b_fp16',
    AppVersion: 'v1',
    AppConfig: '{"ModelStorage":"oss"}',
    Source: 'dsw',
    Role: 'Standard',
  };
  llm.cronscaler = {
    jobs: [
      { name: 'scale-job-morning', schedule: '0 30 8 * * *', targetSize: 2, createdAt: now - 5 * day },
      { name: 'scale-job-night', schedule: '0 0 23 * * *', targetSize: 1, createdAt: now - 5 * day },
    ],
    excludeDates: ['* * * 1 10 *'],
  };

  const waiting = buildService(
    world,
    'sd_webui_batch',
    {
      name: 'sd_webui_batch',
      metadata: { instance: 1, cpu: 12, gpu: 2, memory: 64000, resource: gpu.id },
      containers: [
        { image: `eas-registry-vpc.${world.region}.cr.aliyuncs.com/pai-eas/stable-diffusion-webui:4.2`, port: 8000 },
      ],
    },
    now - 47 * minute,
  );
  admit(world, waiting);
  setStatus(waiting, 'Waiting', 'Successfully synchronized resources');
  addEvent(world, waiting, {
    type: 'Normal',
    reason: 'Creating',
    message: 'Successfully synchronized resources',
    at: now - 46 * minute,
  });
  workers.enqueue(waiting, now - 46 * minute);

  populateFailed(world, lifecycle, put, config, now);

  put({
    name: 'nightly_report_scorer',
    age: 90 * day,
    versions: 7,
    status: 'Stopped',
    config: config('nightly_report_scorer', { instance: 4, cpu: 2, memory: 4000 }, { processor: 'pmml' }),
  });

  const search = put({
    name: 'image_search_faiss',
    age: 20 * day,
    versions: 2,
    config: config('image_search_faiss', { instance: 2, cpu: 4, memory: 16000 }, { processor: 'faiss_cpu' }),
  });
  search.startupMs = 120_000;
  search.desired = 4;
  search.config = withInstances(search.config, 4);
  setStatus(search, 'Scaling', 'Service is now scaling');
  addEvent(world, search, { type: 'Normal', reason: 'Updating', message: 'Service is now scaling from 2 to 4' });
  workers.launch(search, 2);

  const blue = put({
    name: 'savedmodel_example',
    age: 63 * day,
    versions: 2,
    config: config('savedmodel_example', { instance: 2, cpu: 2, memory: 4000 }),
  });
  const green = put({
    name: 'savedmodel_example_9c16a222',
    age: 5 * hour,
    config: config('savedmodel_example_9c16a222', { instance: 1, cpu: 2, memory: 4000, release: true }),
  });
  blue.pair = [blue.name, green.name];
  green.pair = [blue.name, green.name];
  blue.weight = 80;
  green.weight = 20;

  const ranks = [
    ['rec_rank_base', 3, 90],
    ['rec_rank_exp', 1, 10],
  ] as const;
  for (const [name, instance, weight] of ranks) {
    const service = put({
      name,
      age: 30 * day,
      versions: name === 'rec_rank_exp' ? 5 : 3,
      config: config(
        name,
        { instance, cpu: 2, memory: 4000, group: 'rec_rank', resource: cpu.id },
        { features: { 'eas.aliyun.com/enable-rollout': 'true' } },
      ),
    });
    service.weight = weight;
  }
  const group = world.groups.get('rec_rank');
  if (group) {
    group.trafficMode = 'customized';
    group.labels = { team: 'recommend' };
    group.network = {
      GatewayId: 'gw-1uhcqmsc7x22nlbk0a',
      VpcId: 'vpc-uf66uio7md1x2p0v8',
      VSwitchId: 'vsw-uf6voq53e893k56ws',
      SecurityGroupId: 'sg-uf6c5twkfar8l06c1',
    };
  }

  const scaled = put({
    name: 'ctr_deepfm',
    age: 15 * day,
    versions: 2,
    config: config('ctr_deepfm', { instance: 3, cpu: 2, memory: 4000 }),
  });
  scaled.autoscaler = {
    min: 2,
    max: 8,
    strategies: [{ metricName: 'qps', threshold: 100 }],
    behavior: { scaleUp: { stabilizationWindowSeconds: 0 }, scaleDown: { stabilizationWindowSeconds: 60 } },
    load: 290,
  };
  watchLoad(world, lifecycle, scaled, scaled.autoscaler);

  const restarts = put({
    name: 'speech_asr',
    age: 8 * day,
    config: config('speech_asr', { instance: 2, cpu: 3, memory: 8000, resource: cpu.id }),
  });
  const [first] = workers.of(restarts);
  if (first) {
    first.restarts = 7;
    first.startedAt = now - 12 * minute;
    first.lastState = {
      exitCode: 247,
      reason: 'Error',
      startedAt: wireTime(now - 3 * hour),
      finishedAt: wireTime(now - 12 * minute - 4_000),
    };
    addEvent(world, restarts, {
      type: 'Warning',
      reason: 'BackOff',
      message: 'Back-off restarting failed container worker0',
      worker: first.name,
      at: now - 12 * minute,
    });
  }

  const half = put({
    name: 'fraud_detect',
    age: 3 * day,
    config: config('fraud_detect', { instance: 3, cpu: 2, memory: 4000, type: 'Async', role: 'Queue' }),
  });
  const last = workers.of(half).at(-1);
  if (last) {
    last.phase = 'unready';
    addEvent(world, half, {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: dial tcp 127.0.0.1:8080: connect: connection refused',
      worker: last.name,
      at: now - 2 * minute,
    });
  }
  half.row = undefined;
}

function populateResources(world: World, now: number): { gpu: Resource; cpu: Resource } {
  const gpu = buildResource(world, 'gpu_a10_prod', now - 120 * day);
  for (let i = 0; i < 2; i++) {
    const options = {
      createdAt: gpu.createdAt + i * minute,
      zone: `${world.region}-${i ? 'g' : 'b'}`,
      chargeType: 'PrePaid',
    } as const;
    gpu.nodes.push(buildNode(world, gpu, 'ecs.gn7i-4x.16xlarge', options));
  }
  for (const node of gpu.nodes) node.labels = { pool: 'prod' };
  gpu.network = {
    vpcId: 'vpc-uf6s9pv47nu03srne2q1',
    vswitchId: 'vsw-uf6voq53e893k56ws7d2',
    securityGroupId: 'sg-uf6c5twkfar8l06c9k3',
    cidrs: '172.16.0.0/16',
    aux: ['vsw-uf6xbsunr5abcbyqh93a'],
  };
  const cpu = buildResource(world, 'online_cpu', now - 200 * day);
  for (let i = 0; i < 3; i++) {
    const options = { createdAt: cpu.createdAt + i * day, chargeType: i === 0 ? 'PrePaid' : 'PostPaid' } as const;
    cpu.nodes.push(buildNode(world, cpu, 'ecs.c6.2xlarge', options));
  }
  const spare = buildResource(world, 'spare_pool', now - 9 * day);
  const states = ['Ready', 'NotReady'] as const;
  for (const status of states) {
    const node = buildNode(world, spare, 'ecs.g6.4xlarge', { createdAt: spare.createdAt });
    spare.nodes.push(node);
    node.status = status;
    node.cordoned = status === 'Ready';
    if (node.cordoned) {
      node.cordonOperator = world.accountId;
      node.cordonReason = 'kernel upgrade';
    }
  }
  for (const resource of [gpu, cpu, spare]) world.resources.set(resource.id, resource);
  return { gpu, cpu };
}

function olderConfig(config: ServiceConfig, index: number): ServiceConfig {
  const older = structuredClone(config);
  if (typeof older.model_path === 'string') {
    older.model_path = older.model_path.replace('model.tar.gz', `model_v${index + 1}.tar.gz`);
  }
  const { metadata } = older as { metadata?: { memory?: number } };
  if (metadata?.memory) metadata.memory = Math.round(metadata.memory * 0.8);
  return older;
}

function populateFailed(
  world: World,
  lifecycle: Lifecycle,
  put: (sketch: Sketch) => Service,
  config: (name: string, metadata: Record<string, unknown>, more?: ServiceConfig) => ServiceConfig,
  now: number,
): void {
  const heart = put({
    name: 'heart_disease_pmml',
    age: 26 * hour,
    versions: 2,
    status: 'Stopped',
    config: config(
      'heart_disease_pmml',
      { instance: 1 },
      { processor: 'pmml', model_path: `oss://pai-models-${world.region}/heart/not_exist/lr.pmml` },
    ),
  });
  heart.failure = 'model-missing';
  heart.updatedAt = now - 25 * minute;
  const message = failureMessage('model-missing', heart.facts, '');
  heart.events = [];
  const steps = ['Service is now updating', `Downloading http file: ${heart.facts.modelPath}`];
  for (const [i, step] of steps.entries()) {
    addEvent(world, heart, { type: 'Normal', reason: 'Preparing', message: step, at: heart.updatedAt + i * 2_000 });
  }
  addEvent(world, heart, { type: 'Warning', reason: 'FailedDownload', message, at: heart.updatedAt + 6_000 });
  setStatus(heart, 'Failed', message);
  const latest = heart.versions.at(-1);
  if (latest) Object.assign(latest, { message, runnable: 'false' });

  const video = put({
    name: 'video_tagging',
    age: 2 * day,
    versions: 2,
    config: config('video_tagging', { instance: 2, cpu: 4, memory: 4000 }, { processor: 'pytorch_cpu_1.6' }),
  });
  video.failure = 'oom';
  for (const [i, worker] of lifecycle.workers.of(video).entries()) {
    worker.restarts = 23 + i * 3;
    const crashed = now - 4 * minute - i * 70_000;
    worker.startedAt = crashed - 20_000;
    lifecycle.workers.crash(video, worker, 'oom');
    worker.lastState = {
      exitCode: 137,
      reason: 'OOMKilled',
      startedAt: wireTime(crashed - 20_000),
      finishedAt: wireTime(crashed),
    };
    worker.phase = 'back-off';
  }
}
