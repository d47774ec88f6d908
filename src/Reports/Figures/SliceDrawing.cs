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
                pixels[column] = panel.Labels is null ? gray : panel.Style switch
                {
                    LabelStyle.Outline => Outline(panel.Labels, plane, column, row) is { } label ? OrganColors.Of(label) : gray,
                    LabelStyle.Errors => Error(panel, plane.Voxel(column, row)) is { } error ? error : gray,
                    _ => panel.Labels[plane.Voxel(column, row)] is > 0 and var label ? OrganColors.Blend(gray, OrganColors.Of(label)) : gray,
                };
            }
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
