// Draws the tiles of the node map on a canvas: 10,000 of them in a few milliseconds. Only what is in view. Called by the node map.
import { placeOf, type MapLayout } from './lay-out-map.ts';
import type { StatusNode } from './scope-status.ts';
import { cornersOfTile, signOfTile, tileKindOf, type TileKind } from './tile-shapes.ts';

export type MapColours = Readonly<Record<TileKind, string>> & {
  readonly text: string;
  readonly dimmed: string;
};
export type MapTitle = { readonly text: string; readonly counts: string };

type Drawing = {
  readonly layout: MapLayout;
  readonly nodes: readonly StatusNode[];
  /** Of each group; empty: groups have none. */
  readonly titles: readonly MapTitle[];
  readonly colours: MapColours;
  readonly font: string;
  /** What is in view, by the height of the map. */
  readonly from: number;
  readonly to: number;
};

/** From this side on, a sign can be read within the shape. */
const signFromSide = 15;
const gap = 3;

export const drawMap = (context: CanvasRenderingContext2D, drawing: Drawing): void => {
  const { layout, titles, colours, font, from, to } = drawing;
  context.textBaseline = 'middle';
  for (const [index, group] of layout.groups.entries()) {
    const title = titles[index];
    if (title !== undefined && group.titleTop + 24 >= from && group.titleTop <= to) {
      context.font = `600 13px ${font}`;
      context.fillStyle = colours.text;
      context.fillText(title.text, 2, group.titleTop + 11 - from);
      const { width } = context.measureText(title.text);
      context.font = `12px ${font}`;
      context.fillStyle = colours.dimmed;
      context.fillText(title.counts, width + 12, group.titleTop + 11 - from);
    }
    const { columns, tile } = layout;
    const firstRow = Math.max(0, Math.floor((from - group.top) / tile.height));
    const lastRow = Math.ceil((to - group.top) / tile.height);
    const first = firstRow * columns;
    const last = Math.min(group.count, Math.max(0, lastRow) * columns);
    for (let within = first; within < last; within += 1) drawTile(context, drawing, group.first + within);
  }
};

const drawTile = (context: CanvasRenderingContext2D, drawing: Drawing, index: number): void => {
  const { layout, nodes, colours, font, from } = drawing;
  const node = nodes[index];
  if (node === undefined) return;
  const { x, y } = placeOf(layout, index);
  const { tile } = layout;
  const side = tile.isNamed ? 20 : tile.height - gap;
  const top = y - from + (tile.isNamed ? (tile.height - side) / 2 : 0);
  const kind = tileKindOf(node.worst);
  drawShape(context, { kind, x, y: top, side }, colours);
  const sign = signOfTile[kind];
  if (sign !== '' && side >= signFromSide - gap) {
    context.font = `700 ${Math.round(side * 0.7)}px ${font}`;
    context.fillStyle = kind === 'warning' ? '#1b1f26' : '#ffffff';
    context.textAlign = 'center';
    context.fillText(sign, x + side / 2, top + side * (kind === 'warning' ? 0.66 : 0.54));
    context.textAlign = 'left';
  }
  if (!tile.isNamed) return;
  context.font = `13px ${font}`;
  context.fillStyle = colours.text;
  context.fillText(cut(context, node.name, tile.width - side - 14), x + side + 6, y - from + tile.height / 2);
};

type Shape = {
  readonly kind: TileKind;
  readonly x: number;
  readonly y: number;
  readonly side: number;
};

const drawShape = (context: CanvasRenderingContext2D, shape: Shape, colours: MapColours): void => {
  const { kind, x, y, side } = shape;
  context.beginPath();
  for (const [dx, dy] of cornersOfTile[kind]) context.lineTo(x + dx * side, y + dy * side);
  context.closePath();
  if (kind === 'silent') {
    context.strokeStyle = colours[kind];
    context.lineWidth = 1.5;
    context.stroke();
  } else {
    context.fillStyle = colours[kind];
    context.fill();
  }
};

/** As much of a name as has room. */
const cut = (context: CanvasRenderingContext2D, text: string, width: number): string => {
  if (context.measureText(text).width <= width) return text;
  let length = text.length - 1;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
};
