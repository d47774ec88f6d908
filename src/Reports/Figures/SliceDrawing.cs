using HiEndMae.Imaging;

namespace HiEndMae.Reports.Figures;

/// <summary>Draws one slice of a panel.</summary>
internal static class SliceDrawing
{
    private const int OutlinePixels = 1;

    public static void Draw(Canvas canvas, Panel panel, SlicePlane plane, int left, int top)
    {
        for (int row = 0; row < plane.Height; row++)
        {
            Span<uint> pixels = canvas.Row(left, top + row, plane.Width);
            for (int column = 0; column < plane.Width; column++)
            {
                uint gray = Gray(plane.Value(panel.Intensities, column, row));
                if (panel.Heat is { } heat) gray = OrganColors.Blend(gray, Heat.Jet(plane.Value(heat, column, row)));
                pixels[column] = panel.Labels is null ? gray : panel.Style switch
                {
                    LabelStyle.Outline => Outline(panel.Labels, plane, column, row) is { } label ? OrganColors.Of(label) : gray,
                    LabelStyle.Errors => Error(panel, plane.Voxel(column, row)) is { } error ? error : gray,
                    _ => panel.Labels[plane.Voxel(column, row)] is > 0 and var label ? OrganColors.Blend(gray, OrganColors.Of(label)) : gray,
                };
            }
        }
        if (panel.Mark is { } box) Mark(canvas, plane, box, left, top);
    }

    private static void Mark(Canvas canvas, SlicePlane plane, VoxelBox box, int left, int top)
    {
        const int Thickness = 2;
        if (plane.At < box[plane.Through] || plane.At >= box[plane.Through] + box.Size[plane.Through]) return;
        // Both axes run against the order of pixels.
        (int x0, int x1) = Range(plane.Across, plane.Width);
        (int y0, int y1) = Range(plane.Up, plane.Height);
        uint red = Canvas.Color(255, 30, 30);
        canvas.Fill(left + x0, top + y0, x1 - x0, Thickness, red);
        canvas.Fill(left + x0, top + y1 - Thickness, x1 - x0, Thickness, red);
        canvas.Fill(left + x0, top + y0, Thickness, y1 - y0, red);
        canvas.Fill(left + x1 - Thickness, top + y0, Thickness, y1 - y0, red);

        (int, int) Range(int axis, int pixels)
        {
            double scale = pixels / (double)plane.Size[axis];
            return ((int)Math.Round(pixels - ((box[axis] + box.Size[axis]) * scale)), (int)Math.Round(pixels - (box[axis] * scale)));
        }
    }

    // Returns the label of a pixel on the outline of its area, otherwise background.
    private static int? Outline(ushort[] labels, SlicePlane plane, int column, int row)
    {
        ushort label = labels[plane.Voxel(column, row)];
        if (label == 0) return null;
        bool inside = column >= OutlinePixels && column < plane.Width - OutlinePixels && row >= OutlinePixels && row < plane.Height - OutlinePixels
            && labels[plane.Voxel(column - OutlinePixels, row)] == label && labels[plane.Voxel(column + OutlinePixels, row)] == label
            && labels[plane.Voxel(column, row - OutlinePixels)] == label && labels[plane.Voxel(column, row + OutlinePixels)] == label;
        return inside ? null : label;
    }

    private static uint? Error(Panel panel, int voxel)
    {
        ushort label = panel.Labels![voxel], truth = panel.Truth![voxel];
        if (label == truth || truth == DatasetInfo.IgnoredIndex) return null;
        return label == 0 ? OrganColors.Missed : truth == 0 ? OrganColors.Invented : OrganColors.Confused;
    }

    private static uint Gray(float value)
    {
        byte gray = float.IsFinite(value) ? (byte)(Math.Clamp(value, 0f, 1f) * 255) : (byte)0;
        return Canvas.Color(gray, gray, gray);
    }
}
