// Pictures made smaller until the gateway takes them.

/** A page of A4 at 300 dots an inch. */
export const mostSide = 3508;

/** A canvas of this size, or of a smaller one of the same shape. */
export function canvasOf(width: number, height: number): HTMLCanvasElement {
    const scale = Math.min(1, mostSide / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    return canvas;
}

function encode(canvas: HTMLCanvasElement, quality: number): Promise<Blob> {
    return new Promise((done, fail) => {
        canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("not encoded"))), "image/jpeg", quality);
    });
}

/** As a JPEG of at most `mostBytes`. Rejects when it stays larger. */
export async function asJpeg(canvas: HTMLCanvasElement, mostBytes: number): Promise<Blob> {
    for (const quality of [0.92, 0.8, 0.65, 0.5]) {
        const blob = await encode(canvas, quality);
        if (blob.size <= mostBytes) return blob;
    }
    throw new Error("too large");
}

function imageAt(url: string): Promise<HTMLImageElement> {
    return new Promise((done, fail) => {
        const image = new Image();
        image.onload = () => done(image);
        image.onerror = fail;
        image.src = url;
    });
}

/** `place` makes the canvas, and says where on it and how large the picture is. */
async function drawn(file: Blob, mostBytes: number, place: (image: HTMLImageElement) => [HTMLCanvasElement, number, number, number, number]): Promise<Blob> {
    const url = URL.createObjectURL(file);
    try {
        const image = await imageAt(url);
        const [canvas, ...where] = place(image);
        const context = canvas.getContext("2d");
        if (!context) throw new Error("no picture");
        context.fillStyle = "#fff";
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.drawImage(image, ...where);
        return await asJpeg(canvas, mostBytes);
    } finally {
        URL.revokeObjectURL(url);
    }
}

/** Drawn anew: upright, no larger than needed, without the place and the device it was taken with. */
export function redrawn(file: Blob, mostBytes: number): Promise<Blob> {
    return drawn(file, mostBytes, (image) => {
        const canvas = canvasOf(image.naturalWidth, image.naturalHeight);
        return [canvas, 0, 0, canvas.width, canvas.height];
    });
}

/** The same as a square of `side`, filled by the middle of it, a little above: there is the face. */
export function squared(file: Blob, side: number, mostBytes: number): Promise<Blob> {
    return drawn(file, mostBytes, ({ naturalWidth: width, naturalHeight: height }) => {
        const scale = side / Math.min(width, height);
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = side;
        return [canvas, (side - width * scale) / 2, (side - height * scale) / 3, width * scale, height * scale];
    });
}
