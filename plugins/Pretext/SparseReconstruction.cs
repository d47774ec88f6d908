using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>A pretext task that restores hidden cells from the maps of a convolutional encoder that sees only visible cells.</summary>
/// <remarks>Source: keyu-tian/SparK, pretrain/spark.py; weights have their official names.</remarks>
internal abstract class SparseReconstruction : PretextTask
{
    private const double TargetEps = 1e-6;
    private readonly ParameterList mask_tokens;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> densify_norms;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> densify_projs;
    private readonly SparseShape shape;

    protected SparseReconstruction(string name, SparseShape shape, int width, DensifyNorm norm) : base(name)
    {
        this.shape = shape;
        mask_tokens = new ParameterList([.. shape.Widths.Select(channels => new Parameter(Initialise.TruncatedNormal(zeros([1, channels, 1, 1, 1]), cut: 0.02)))]);
        densify_norms = nn.ModuleList<nn.Module<Tensor, Tensor>>([.. norm == DensifyNorm.None ? [] : shape.Widths.Select(channels =>
            norm == DensifyNorm.Batch ? (nn.Module<Tensor, Tensor>)new BatchNormLayer(channels) : new ChannelLayerNorm(channels, Initialise.NormEps))]);
        densify_projs = nn.ModuleList<nn.Module<Tensor, Tensor>>([.. shape.Widths.Select((channels, i) =>
            i == 0 && channels == width ? (nn.Module<Tensor, Tensor>)nn.Identity() : new ConvLayer(channels, width >> i, i == 0 ? 1 : 3))]);
    }

    public sealed override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMask drawn = batch.DrawMask((int)shape.Grid.Count, shape.Visible);
        Tensor visible = Cells(drawn);
        return Loss(batch.Volumes, Decode(Densified(encoder, batch.Volumes, visible)), visible).MoveToOuterDisposeScope();
    }

    public sealed override Reconstruction? Reconstruct(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMask drawn = batch.DrawMask((int)shape.Grid.Count, shape.Visible);
        Tensor visible = Cells(drawn), volumes = batch.Volumes, decoded = Decode(Densified(encoder, volumes, visible));
        return new Reconstruction(new CellMask(visible).Apply(volumes).MoveToOuterDisposeScope(), Restored(volumes, decoded, visible).MoveToOuterDisposeScope());
    }

    /// <summary>Decodes maps with the decoder's widths (coarsest first) to [B, C, X, Y, Z].</summary>
    protected abstract Tensor Decode(IReadOnlyList<Tensor> maps);

    /// <summary>Encodes volumes, fills hidden cells with mask tokens, and projects the maps to the decoder's widths, coarsest first.</summary>
    /// <param name="encoder">The encoder, which runs on visible cells.</param>
    /// <param name="volumes">[B, C, X, Y, Z].</param>
    /// <param name="visible">[B, 1, x, y, z] bool.</param>
    public IReadOnlyList<Tensor> Densified(Encoder encoder, Tensor volumes, Tensor visible)
    {
        using DisposeScope scope = NewDisposeScope();
        var mask = new CellMask(visible);
        FeaturePyramid pyramid = ((IMaskedEncoder)encoder).EncodeCells(volumes, visible);
        var maps = new List<Tensor>();
        for (int i = 0; i < shape.Widths.Count; i++)
        {
            Tensor map = pyramid.Levels[^(i + 1)];
            if (densify_norms.Count > 0) map = densify_norms[i] is BatchNormLayer batch ? batch.Visible(map, mask) : densify_norms[i].call(map);
            Tensor filled = where(mask.At(map).to(ScalarType.Bool), map, mask_tokens[i].to(map.dtype));
            maps.Add(densify_projs[i].call(filled).MoveToOuterDisposeScope());
        }
        return maps;
    }

    /// <summary>Returns the decoder's output for the maps of <see cref="Densified"/>.</summary>
    public Tensor Decoded(IReadOnlyList<Tensor> maps) => Decode(maps);

    /// <summary>Mean squared error over hidden cells. Targets are cells normalised by their mean and unbiased standard deviation.</summary>
    public Tensor Loss(Tensor volumes, Tensor decoded, Tensor visible)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor cells = Patches.FromVolumes(volumes, shape.Cell), restored = Patches.FromVolumes(decoded, shape.Cell); // [B, N, P^3 C]
        (Tensor mean, Tensor deviation) = Statistics(cells);
        Tensor error = (restored - ((cells - mean) / deviation)).square().mean([2]); // [B, N]
        Tensor hidden = visible.flatten(1).logical_not().to(error.dtype);
        return ((error * hidden).sum() / hidden.sum()).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the visible cells of the input together with the restored hidden cells, in the intensities of the input.</summary>
    public Tensor Restored(Tensor volumes, Tensor decoded, Tensor visible)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor cells = Patches.FromVolumes(volumes, shape.Cell), restored = Patches.FromVolumes(decoded, shape.Cell);
        (Tensor mean, Tensor deviation) = Statistics(cells);
        Tensor shown = where(visible.flatten(1).unsqueeze(2), cells, (restored * deviation) + mean);
        return Patches.ToVolumes(shown, shape.Cell, shape.Grid.X, shape.Grid.Y, shape.Grid.Z).MoveToOuterDisposeScope();
    }

    /// <summary>Mean and deviation of each cell, [B, N, 1].</summary>
    public static (Tensor Mean, Tensor Deviation) Statistics(Tensor cells) => (cells.mean([2], keepdim: true), (cells.var([2], unbiased: true, keepdim: true) + TargetEps).sqrt());

    // [B, 1, x, y, z]: cells in x-major order.
    private Tensor Cells(TokenMask drawn) => drawn.Restore.less(drawn.NumVisible).reshape(-1, 1, shape.Grid.X, shape.Grid.Y, shape.Grid.Z);
}
