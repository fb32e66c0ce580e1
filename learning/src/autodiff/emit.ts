/** From symbolic tensors to an ONNX model file. */
import { encodeModel, type OnnxConstant, type OnnxNode, type OnnxValue } from '../onnx/model.ts';
import { type Source, type Tensor, topologicalOrder } from './tensor.ts';

/** A graph's named results. */
export type Outputs = Readonly<Record<string, Tensor>>;

export interface EmitOptions {
  /** Graph name; default "hearth". */
  readonly name?: string;
  /** Text pairs stored as `metadata_props`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Outputs whose first dimension is symbolic ("batch"), matching inputs with `dynamicBatch`. */
  readonly dynamicOutputs?: readonly string[];
}

const withBatch = (shape: readonly number[], dynamic: boolean): (number | string)[] =>
  dynamic ? ['batch', ...shape.slice(1)] : [...shape];

function nameOf(source: Source, index: number): string {
  if (source.kind === 'input') return source.name;
  return source.kind === 'constant' ? (source.name ?? `c${index}`) : `t${index}`;
}

/** Emits everything the outputs need, as ONNX bytes. The same tensors give the same bytes. */
export function emitModel(outputs: Outputs, options: EmitOptions = {}): Uint8Array {
  const names = new Map<Tensor, string>();
  const nodes: OnnxNode[] = [];
  const inputs: OnnxValue[] = [];
  const constants: OnnxConstant[] = [];

  for (const [index, tensor] of topologicalOrder(Object.values(outputs)).entries()) {
    const { source, shape, type } = tensor;
    if (source.kind === 'composite') {
      names.set(tensor, names.get(source.value)!);
      continue;
    }
    const name = nameOf(source, index);
    names.set(tensor, name);
    if (source.kind === 'input') inputs.push({ name, type, shape: withBatch(shape, source.dynamicBatch) });
    else if (source.kind === 'constant') constants.push({ name, type, shape, data: source.data });
    else {
      const { operator, attributes } = source;
      nodes.push({
        operator,
        attributes,
        inputs: source.inputs.map((it) => names.get(it)!),
        outputs: [name],
      });
    }
  }
  const results = Object.entries(outputs).map(([name, tensor]) => {
    nodes.push({ operator: 'Identity', attributes: {}, inputs: [names.get(tensor)!], outputs: [name] });
    const dynamic = options.dynamicOutputs?.includes(name) ?? false;
    return { name, type: tensor.type, shape: withBatch(tensor.shape, dynamic) };
  });
  const { name = 'hearth', metadata } = options;
  return encodeModel({ name, nodes, inputs, constants, outputs: results, metadata });
}
