/** ONNX messages (onnx/onnx.proto3, IR version 8) as functions from plain values to bytes. */
import { bytes, type Field, float, integer, message, string } from './protobuf.ts';

/** Element types used here, by their ONNX number. */
const elementTypes = { float32: 1, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof elementTypes;

/** A node attribute: number arrays become INTS, `{ float }` FLOAT, a plain number INT, text STRING. */
type AttributeValue = number | readonly number[] | string | { readonly float: number };
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** One call of an operator. */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

/** A named tensor that enters or leaves the graph; a text dimension is symbolic. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

/** A constant stored in the model. */
export interface OnnxConstant {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array | Uint8Array;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Opset of the emitted graphs: every operator used exists in it, and older runtimes still read it. */
const opset = 17;
const irVersion = 8;

function attribute(name: string, value: AttributeValue): Field {
  const body: Field[] = [string(1, name)];
  if (typeof value === 'number') body.push(integer(3, value), integer(20, 2));
  else if (typeof value === 'string') body.push(string(4, value), integer(20, 3));
  else if ('float' in value) body.push(float(2, value.float), integer(20, 1));
  else body.push(...value.map((item) => integer(8, item)), integer(20, 7));
  return bytes(5, message(body));
}

function node(it: OnnxNode, index: number): Field {
  return bytes(
    1,
    message([
      ...it.inputs.map((name) => string(1, name)),
      ...it.outputs.map((name) => string(2, name)),
      string(3, `${it.operator}_${index}`),
      string(4, it.operator),
      ...Object.entries(it.attributes).map(([name, value]) => attribute(name, value)),
    ]),
  );
}

function constant(it: OnnxConstant): Field {
  const raw = new Uint8Array(it.data.buffer, it.data.byteOffset, it.data.byteLength);
  const dimensions = it.shape.map((size) => integer(1, size));
  return bytes(
    5,
    message([...dimensions, integer(2, elementTypes[it.type]), string(8, it.name), bytes(9, raw)]),
  );
}

function value(field: number, it: OnnxValue): Field {
  const dimensions = it.shape.map((size) =>
    bytes(1, message([typeof size === 'number' ? integer(1, size) : string(2, size)])),
  );
  const tensor = message([integer(1, elementTypes[it.type]), bytes(2, message(dimensions))]);
  return bytes(field, message([string(1, it.name), bytes(2, message([bytes(1, tensor)]))]));
}

/** Encodes a graph as an ONNX model file. `metadata` becomes `metadata_props`. */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const body = message([
    ...graph.nodes.map(node),
    string(2, graph.name),
    ...graph.constants.map(constant),
    ...graph.inputs.map((it) => value(11, it)),
    ...graph.outputs.map((it) => value(12, it)),
  ]);
  const metadata = Object.entries(graph.metadata ?? {}).map(([key, text]) =>
    bytes(14, message([string(1, key), string(2, text)])),
  );
  return message([
    integer(1, irVersion),
    string(2, 'hearth'),
    bytes(7, body),
    bytes(8, message([string(1, ''), integer(2, opset)])),
    ...metadata,
  ]);
}
