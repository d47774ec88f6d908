using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Batch norm with weights and running statistics (momentum 0.1), optionally followed by a leaky ReLU.</summary>
/// <remarks>
/// Equal to PyTorch's <c>BatchNorm3d</c>, with the same names of weights and buffers. It also accepts [B, C]. On CPUs and in float32 the norm of a batch is one kernel over channels last.
/// Genesis-style norms (<see cref="UsesBatchAlways"/>) use the statistics of the batch in evaluation too. The official code then also updates the running statistics, which nothing reads.
/// Here evaluation changes nothing.
/// </remarks>
public sealed class BatchNormLayer : nn.Module<Tensor, Tensor>
{
    /// <summary>Epsilon, added to the variance.</summary>
    public const double Epsilon = 1e-5;

    private const double Momentum = 0.1;
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Tensor running_mean;
    private readonly Tensor running_var;
    private readonly Tensor num_batches_tracked;
    private readonly double slope;

    /// <summary>Creates the norm with weights 1 and biases 0.</summary>
    /// <param name="channels">C.</param>
    /// <param name="slope">Slope of negative values after the norm: 0 for a ReLU, 1 for no activation.</param>
    /// <param name="batchAlways">Whether evaluation normalises by the batch too.</param>
    public BatchNormLayer(int channels, double slope = 1, bool batchAlways = false) : base(nameof(BatchNormLayer))
    {
        this.slope = slope;
        UsesBatchAlways = batchAlways;
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        running_mean = zeros(channels);
        running_var = ones(channels);
        num_batches_tracked = tensor(0L);
        register_buffer(nameof(running_mean), running_mean);
        register_buffer(nameof(running_var), running_var);
        register_buffer(nameof(num_batches_tracked), num_batches_tracked);
        RegisterComponents();
    }

    /// <summary>Whether evaluation normalises by the batch too, as the batch norm of Models Genesis does.</summary>
    public bool UsesBatchAlways { get; }

    /// <summary>Whether running statistics are not updated, because an earlier pass over the same batch has updated them already.</summary>
    public bool HoldsStatistics { get; set; }

    /// <summary>[B, C, ...] to the same shape, in float32 at least.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Norms.Wide(input);
        bool updates = training && !HoldsStatistics;
        if (updates) using (no_grad()) num_batches_tracked.add_(1);
        if (!training && !UsesBatchAlways)
            return Activation.LeakyRelu(nn.functional.batch_norm(x, running_mean, running_var, weight, bias, training: false, eps: Epsilon), slope).MoveToOuterDisposeScope();
        if (ChannelNormFunction.Serves(x))
        {
            Tensor statistics = ChannelNormFunction.Statistics(x, overBatch: true, Epsilon); // [1, 2, C]
            if (updates) Track(statistics, x.numel() / x.shape[1]);
            return ChannelNormFunction.Run(x, statistics, weight, bias, null, slope, overBatch: true).MoveToOuterDisposeScope();
        }
        // The library always updates the statistics that it is given.
        (Tensor mean, Tensor variance) = updates ? (running_mean, running_var) : (running_mean.clone(), running_var.clone());
        return Activation.LeakyRelu(nn.functional.batch_norm(x, mean, variance, weight, bias, training: true, Momentum, Epsilon), slope).MoveToOuterDisposeScope();
    }

    /// <summary>Normalises visible voxels with the statistics of all visible voxels of the batch; hidden voxels become 0. Running statistics also use the visible voxels only.</summary>
    /// <param name="input">[B, C, X, Y, Z].</param>
    /// <param name="mask">The visible cells.</param>
    public Tensor Visible(Tensor input, CellMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using DisposeScope scope = NewDisposeScope();
        return mask.Volumes(forward(mask.Rows(input)), input).MoveToOuterDisposeScope();
    }

    private void Track(Tensor statistics, long count)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor deviation = statistics[0, 1].to(ScalarType.Float64);
        Tensor unbiased = ((1 / deviation.square()) - Epsilon).clamp_min(0) * ((double)count / Math.Max(1, count - 1));
        running_mean.mul_(1 - Momentum).add_(statistics[0, 0] * Momentum);
        running_var.mul_(1 - Momentum).add_((unbiased * Momentum).to(ScalarType.Float32));
    }
}
