import { describe, expect, it } from 'vitest';
import type { Operations } from '../../src/api/contract/wire.gen.ts';
import { setUp } from './support.ts';

type Filters = Operations['ListServices']['params'];

describe('lists of services', () => {
  const cases: [Filters, string[]][] = [
    [{ Filter: 'REC_' }, ['rec_rank_base', 'rec_rank_exp']],
    [{ ServiceName: 'rec_rank' }, []],
    [{ ServiceName: 'speech_asr' }, ['speech_asr']],
    [{ ServiceStatus: 'Failed' }, ['heart_disease_pmml', 'video_tagging']],
    [{ ServiceStatus: 'Failed', Filter: 'video' }, ['video_tagging']],
    [{ GroupName: 'rec_rank' }, ['rec_rank_base', 'rec_rank_exp']],
    [{ ResourceAliasName: 'gpu_a10_prod' }, ['llm_qwen_chat', 'ner_chinese_bert', 'sd_webui_batch']],
    [{ ServiceType: 'LLM' }, ['llm_qwen_chat']],
    [{ ServiceType: 'Async' }, ['fraud_detect']],
    [{ Role: 'Queue' }, ['fraud_detect']],
    [{ AutoscalerEnabled: true }, ['ctr_deepfm']],
    [{ CronscalerEnabled: true }, ['llm_qwen_chat']],
    [{ WorkspaceId: '123456' }, ['llm_qwen_chat']],
    [{ QuotaId: 'quota1k2x9' }, ['llm_qwen_chat']],
    [{ Label: { team: 'vision' } }, ['mnist_saved_model_example']],
    [{ Label: { team: 'vision', stage: 'test' } }, []],
  ];
  it.each(cases)('filtered by %j', async (filters, names) => {
    const { call } = await setUp();
    const { Services = [], TotalCount } = await call('ListServices', filters);
    expect(Services.map((row) => String(row.ServiceName)).toSorted()).toEqual(names);
    expect(TotalCount).toBe(names.length);
  });

  it('the filters share out the whole', async () => {
    const { call } = await setUp();
    const total = async (filters: Filters) => Number((await call('ListServices', filters)).TotalCount);
    const all = await total({});
    expect(
      (await total({ ResourceType: 'PublicResource' })) + (await total({ ResourceType: 'DedicatedResource' })),
    ).toBe(all);
    expect((await total({ AutoscalerEnabled: true })) + (await total({ AutoscalerEnabled: false }))).toBe(all);
    expect(await total({ WorkspaceId: '123456', IncludeNoWorkspace: true })).toBe(all);
  });

  it('newest first unless asked otherwise, page after page without gap or overlap', async () => {
    const { call } = await setUp();
    const { Services = [] } = await call('ListServices', {});
    const times = Services.map((row) => String(row.CreateTime));
    expect(times).toEqual(times.toSorted().reverse());
    const oldest = await call('ListServices', { Sort: 'CreateTime', Order: 'asc' });
    expect(oldest.Services?.map((row) => String(row.CreateTime))).toEqual(times.toReversed());
    const paged: unknown[] = [];
    for (let PageNumber = 1; PageNumber <= 4; PageNumber++) {
      const page = await call('ListServices', { PageNumber, PageSize: 4 });
      expect([page.PageNumber, page.PageSize, page.TotalCount]).toEqual([PageNumber, 4, 15]);
      paged.push(...(page.Services ?? []).map((row) => row.ServiceName));
    }
    expect(paged).toEqual(Services.map((row) => row.ServiceName));
    expect((await call('ListServices', { PageNumber: 9, PageSize: 4 })).Services).toEqual([]);
  });

  it('a new service comes first, a deleted one goes', async () => {
    const { call, clock } = await setUp();
    const names = async () => (await call('ListServices', {})).Services?.map((row) => row.ServiceName) ?? [];
    await names();
    await call('CreateService', { body: '{"name":"brand_new","metadata":{"instance":1}}' });
    expect((await names())[0]).toBe('brand_new');
    clock.advance(20_000);
    await call('DeleteService', { ServiceName: 'brand_new' });
    clock.advance(5_000);
    expect(await names()).not.toContain('brand_new');
  });

  it('refuse what is no page, no order and no field', async () => {
    const { call } = await setUp();
    const wrong: Filters[] = [{ PageNumber: 0 }, { PageSize: 0 }, { PageSize: 1.5 }, { Order: 'up' }, { Sort: 'Mood' }];
    for (const filters of wrong) {
      await expect(call('ListServices', filters)).rejects.toMatchObject({ code: 'InvalidParameter', statusCode: 400 });
    }
  });
});
