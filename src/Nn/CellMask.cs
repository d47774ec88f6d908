using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The visible cells of a volume, at the resolution of any map of it. Its tensors belong to the dispose scope in which they are requested.</summary>
/// <remarks>Source: SparK (Tian et al., arXiv:2301.03580), pretrain/encoder.py.</remarks>
/// <param name="visible">[B, 1, x, y, z] bool.</param>
public sealed class CellMask(Tensor visible)
{
    /// <summary>1 in voxels of visible cells, 0 elsewhere: [B, 1, X, Y, Z] in the map's type.</summary>
    /// <param name="map">[B, C, X, Y, Z]; its sides are multiples of the number of cells.</param>
    public Tensor At(Tensor map)
    {
        ArgumentNullException.ThrowIfNull(map);
        using DisposeScope scope = NewDisposeScope();
        return Enlarging.Nearest(visible.to(map.dtype), map.shape).MoveToOuterDisposeScope();
    }

    /// <summary>The map with 0 in hidden cells.</summary>
    public Tensor Apply(Tensor map)
    {
        using DisposeScope scope = NewDisposeScope();
        return (map * At(map)).MoveToOuterDisposeScope();
    }

    /// <summary>The visible voxels of a map: [V, C].</summary>
    public Tensor Rows(Tensor map)
    {
        using DisposeScope scope = NewDisposeScope();
        return map.permute(0, 2, 3, 4, 1).flatten(0, 3).index_select(0, Places(map)).MoveToOuterDisposeScope();
    }

    /// <summary>Creates a map with the shape of another one. Its visible voxels have these rows, and its hidden voxels are 0.</summary>
    /// <param name="rows">[V, C].</param>
    /// <param name="like">[B, C, X, Y, Z].</param>
    public Tensor Volumes(Tensor rows, Tensor like)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(like);
        using DisposeScope scope = NewDisposeScope();
        long[] s = like.shape;
        Tensor all = zeros([s[0] * s[2] * s[3] * s[4], rows.shape[1]], dtype: rows.dtype, device: rows.device).index_copy(0, Places(like), rows);
        return all.reshape(s[0], s[2], s[3], s[4], rows.shape[1]).permute(0, 4, 1, 2, 3).MoveToOuterDisposeScope();
    }

    // Device sync: the number of visible voxels depends on the mask.
    private Tensor Places(Tensor map)
    {
        using DisposeScope scope = NewDisposeScope();
        return At(map).flatten().nonzero().squeeze(1).MoveToOuterDisposeScope();
    }
}
