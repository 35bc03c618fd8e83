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

/** Drawn anew: upright, no larger than needed, without the place and the device it was taken with. */
export async function redrawn(file: Blob, mostBytes: number): Promise<Blob> {
    const url = URL.createObjectURL(file);
    try {
        const image = new Image();
        image.src = url;
        await new Promise((done, fail) => {
            image.onload = done;
            image.onerror = fail;
        });
        const canvas = canvasOf(image.naturalWidth, image.naturalHeight);
        const context = canvas.getContext("2d");
        if (!context) throw new Error("no picture");
        context.fillStyle = "#fff";
        context.fillRect(0, 0, canvas.width, canvas.height);
        context.drawImage(image, 0, 0, canvas.width, canvas.height);
        return await asJpeg(canvas, mostBytes);
    } finally {
        URL.revokeObjectURL(url);
    }
}
