using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The cells of a region in the plane of x and y, and their overlaps with random crops.</summary>
/// <remarks>Source: Luffy03/VoCo, utils/data_utils.py, get_position_label.</remarks>
/// <param name="Cells">Cells along an axis.</param>
/// <param name="CellX">Voxels of a cell along x.</param>
/// <param name="CellY">Voxels of a cell along y.</param>
/// <param name="Edge">Edge of a random crop.</param>
internal readonly record struct VocoGrid(int Cells, int CellX, int CellY, int Edge)
{
    /// <summary>Creates the grid of a region.</summary>
    /// <exception cref="PluginException">The region does not fit.</exception>
    public static VocoGrid Of(VocoConfig config, Size3 region)
    {
        if (region.X % config.GridCells != 0 || region.Y % config.GridCells != 0)
            throw new PluginException($"voco cuts a crop of {region} into {config.GridCells} cells along x and along y; make these sides multiples of {config.GridCells}.");
        int x = region.X / config.GridCells, y = region.Y / config.GridCells, edge = config.CropEdge ?? x;
        return edge < region.X && edge < region.Y
            ? new VocoGrid(config.GridCells, x, y, edge)
            : throw new PluginException($"voco: random crops of {edge} voxels are not smaller than a crop of {region}; make the crop larger or crop_edge smaller.");
    }

    /// <summary>Returns the first and last centre of a random crop along an axis with the given number of voxels, both inclusive.</summary>
    public (int First, int Last) Centres(int side) => (Edge / 2, side - (Edge / 2) - 1);

    /// <summary>Computes the fraction of a random crop that lies in each cell. Cells are ordered with y fastest.</summary>
    /// <param name="centreX">Centre of the crop along x.</param>
    /// <param name="centreY">Centre of the crop along y.</param>
    /// <param name="parts">Receives Cells^2 fractions.</param>
    public void Overlaps(int centreX, int centreY, Span<double> parts)
    {
        for (int cell = 0; cell < Cells * Cells; cell++)
        {
            double x = Shared(centreX - (Edge / 2), cell / Cells * CellX, CellX), y = Shared(centreY - (Edge / 2), cell % Cells * CellY, CellY);
            parts[cell] = x * y / ((double)Edge * Edge);
        }
    }

    private int Shared(int start, int cell, int length) => Math.Max(0, Math.Min(start + Edge, cell + length) - Math.Max(start, cell));
}
