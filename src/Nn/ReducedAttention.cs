using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Self-attention whose keys and values are of a coarser grid (Pyramid Vision Transformer, arXiv:2102.12122; YtongXie/UniMiSS-code).</summary>
public sealed class ReducedAttention : nn.Module<Tensor, Tensor>
{
    private const double NormEps = 1e-5;
    private readonly Linear q;
    private readonly Linear kv;
    private readonly Linear proj;
    private readonly ConvLayer? sr;
    private readonly LayerNorm? norm;
    private readonly int heads;

    /// <summary>Creates the layer: linear maps from a truncated normal distribution of deviation 0.02 with zero biases, the convolution normal with deviation sqrt(2 / outputs).</summary>
    /// <param name="width">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="reduction">Tokens along an axis from one key to the next; 1 for keys of every token.</param>
    /// <param name="bias">Whether the linear maps of queries, keys and values have a bias.</param>
    public ReducedAttention(int width, int heads, int reduction, bool bias) : base(nameof(ReducedAttention))
    {
        this.heads = heads;
        q = Initialise.TruncatedNormal(nn.Linear(width, width, hasBias: bias));
        kv = Initialise.TruncatedNormal(nn.Linear(width, 2 * width, hasBias: bias));
        proj = Initialise.TruncatedNormal(nn.Linear(width, width));
        if (reduction > 1)
        {
            sr = Initialise.KaimingByOutputs(new ConvLayer(Reduction(width, reduction)));
            norm = nn.LayerNorm(width, eps: NormEps);
        }
        RegisterComponents();
    }

    /// <summary>[B, X, Y, Z, C] to the same shape. Tokens beyond the last whole cell of the coarser grid are not used for keys.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        (long batch, long width) = (input.shape[0], input.shape[4]);
        Tensor source = sr is null ? input : norm!.call(ChannelsLast.Rows(sr.call(ChannelsLast.Volumes(input)))); // [B, X', Y', Z', C]
        return Attend(input, source, batch, width).MoveToOuterDisposeScope();
    }

    /// <summary>Attention of the tokens of volumes or slices with a class token, which is a key as well.</summary>
    /// <param name="tokens">[B, 1 + N, C], the class token first.</param>
    /// <param name="grid">Tokens along x, y, z of volumes; along y, z of slices.</param>
    /// <param name="slices">The convolution that reduces slices, if there is a reduction; null for volumes.</param>
    /// <returns>[B, 1 + N, C].</returns>
    public Tensor WithToken(Tensor tokens, IReadOnlyList<long> grid, nn.Module<Tensor, Tensor>? slices)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(grid);
        using DisposeScope scope = NewDisposeScope();
        (long batch, long width) = (tokens.shape[0], tokens.shape[2]);
        Tensor source = tokens;
        if (sr is not null)
        {
            Tensor map = tokens.narrow(1, 1, tokens.shape[1] - 1).transpose(1, 2).reshape([batch, width, .. grid]); // [B, C, ...]
            Tensor reduced = (slices ?? sr).call(map).flatten(2).transpose(1, 2); // [B, M, C]
            source = norm!.call(cat([tokens.narrow(1, 0, 1), reduced], 1));
        }
        return Attend(tokens, source, batch, width).MoveToOuterDisposeScope();
    }

    private Tensor Attend(Tensor input, Tensor source, long batch, long width)
    {
        Tensor query = q.call(input).reshape(batch, -1, heads, width / heads).transpose(1, 2); // [B, H, N, C/H]
        Tensor[] parts = kv.call(source)
            .reshape(batch, -1, 2, heads, width / heads)
            .permute(2, 0, 3, 1, 4) // [2, B, H, M, C/H]
            .unbind(0);
        Tensor mixed = nn.functional.scaled_dot_product_attention(query, parts[0], parts[1]);
        return proj.call(mixed.transpose(1, 2).reshape(input.shape));
    }

    /// <summary>Counts the operations of the layer.</summary>
    /// <param name="width">C.</param>
    /// <param name="reduction">Tokens along an axis from one key to the next.</param>
    /// <param name="bias">Whether the linear maps of queries, keys and values have a bias.</param>
    /// <param name="grid">Tokens along x, y, z.</param>
    public static LayerCounts Count(int width, int reduction, bool bias, (long X, long Y, long Z) grid)
    {
        long tokens = grid.X * grid.Y * grid.Z, keys = grid.X / reduction * (grid.Y / reduction) * (grid.Z / reduction);
        LayerCounts all = LayerCounts.Linear(tokens, width, width, bias) + LayerCounts.Linear(keys, width, 2 * width, bias) + LayerCounts.Attention(tokens, keys, width) + LayerCounts.Linear(tokens, width, width);
        return reduction == 1 ? all : all + LayerCounts.Convolution(Reduction(width, reduction), tokens, keys) + LayerCounts.Norm(keys, width);
    }

    /// <summary>Counts the operations of the layer on a slice with a class token.</summary>
    /// <param name="width">C.</param>
    /// <param name="reduction">Tokens along an axis from one key to the next.</param>
    /// <param name="bias">Whether the linear maps of queries, keys and values have a bias.</param>
    /// <param name="y">Tokens along y.</param>
    /// <param name="z">Tokens along z.</param>
    public static LayerCounts CountSlices(int width, int reduction, bool bias, long y, long z)
    {
        long tokens = (y * z) + 1, cells = y / reduction * (z / reduction), keys = cells + 1;
        LayerCounts all = LayerCounts.Linear(tokens, width, width, bias) + LayerCounts.Linear(keys, width, 2 * width, bias) + LayerCounts.Attention(tokens, keys, width) + LayerCounts.Linear(tokens, width, width);
        return reduction == 1 ? all : all + new LayerCounts { Activations = cells * width, Convolutions = cells * width * width * reduction * reduction } + LayerCounts.Norm(keys, width);
    }

    private static ConvShape Reduction(int width, int reduction) => new(width, width, reduction) { Stride = reduction, Padding = 0 };
}
