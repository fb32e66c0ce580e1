import { expect, test } from 'vitest';
import { mountPage } from '../testing/mount.ts';
import { type Column, searchRows, sortRows } from './table.ts';
import UiTable from './UiTable.vue';

interface Row {
  name: string;
  size: number | null;
}
const rows: Row[] = [
  { name: 'model-10', size: 5 },
  { name: 'model-9', size: null },
  { name: 'Beta', size: 70 },
];
const columns: Column<Row>[] = [
  { key: 'name', label: 'Name', value: (row) => row.name, sortable: true },
  { key: 'size', label: 'Size', value: (row) => row.size, sortable: true },
];
const names = (some: readonly Row[]) => some.map((row) => row.name);

test('numbers sort as numbers, names as people do, and the unknown stays last', () => {
  expect(names(sortRows(rows, columns, { key: 'size', descending: true }))).toEqual([
    'Beta',
    'model-10',
    'model-9',
  ]);
  expect(names(sortRows(rows, columns, { key: 'size', descending: false }))).toEqual([
    'model-10',
    'Beta',
    'model-9',
  ]);
  expect(names(sortRows(rows, columns, { key: 'name', descending: false }))).toEqual([
    'Beta',
    'model-9',
    'model-10',
  ]);
  expect(sortRows(rows, columns, undefined)).toBe(rows);
});

test('every word must be found somewhere in the row', () => {
  expect(names(searchRows(rows, columns, 'MODEL 5'))).toEqual(['model-10']);
  expect(searchRows(rows, columns, '  ')).toBe(rows);
});

test('sorts by its headings, pages long lists, and says when nothing is there', async () => {
  const many = Array.from({ length: 120 }, (_, i) => ({ name: `m${i}`, size: i }));
  const { wrapper } = await mountPage(UiTable as never, {
    props: { columns, rows: many, rowKey: (row: Row) => row.name, label: 'Models', searchable: true },
  });
  expect(wrapper.findAll('tbody tr')).toHaveLength(50);
  const heading = wrapper.findAll('th')[1];
  await heading?.get('button').trigger('click');
  await heading?.get('button').trigger('click');
  expect(heading?.attributes('aria-sort')).toBe('descending');
  expect(wrapper.get('tbody tr').text()).toContain('m119');
  await wrapper.get('input[type=search]').setValue('m7 7');
  expect(wrapper.findAll('tbody tr').length).toBeLessThan(50);
  await wrapper.get('input[type=search]').setValue('none such');
  expect(wrapper.text()).toContain('Nothing found');
  await wrapper.setProps({ rows: [] });
  expect(wrapper.text()).toContain('Nothing here yet');
  await wrapper.setProps({ rows: undefined });
  expect(wrapper.get('[role=status]').text()).toContain('Loading');
});
