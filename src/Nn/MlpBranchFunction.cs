using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The autograd node of an MLP branch with its norm and residual: <see cref="MlpJob"/>.</summary>
internal sealed unsafe class MlpBranchFunction : autograd.SingleTensorFunction<MlpBranchFunction>
{
    private const string WantsKey = "wants";

    public override string Name => nameof(MlpBranchFunction);

    /// <summary>Computes <c>x + W2 gelu(W1 norm(x) + b1) + b2</c>.</summary>
    /// <param name="x">[..., E], which <see cref="Branches.Serve"/>.</param>
    /// <param name="norm">Weight and bias of the norm, [E].</param>
    /// <param name="eps">Epsilon of the norm.</param>
    /// <param name="first">W1 [F, E] and b1 [F].</param>
    /// <param name="second">W2 [E, F] and b2 [E].</param>
    public static Tensor Run(Tensor x, (Tensor Weight, Tensor Bias) norm, double eps, (Tensor Weight, Tensor Bias) first, (Tensor Weight, Tensor Bias) second) =>
        is_grad_enabled()
            ? apply([x, norm.Weight, norm.Bias, first.Weight, first.Bias, second.Weight, second.Bias, eps])
            : Compute([x, norm.Weight, norm.Bias, first.Weight, first.Bias, second.Weight, second.Bias], eps, keep: false).Output;

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        Tensor[] inputs = [.. vars.Take(7).Cast<Tensor>()];
        (Tensor output, Tensor x, Tensor? kept) = Compute(inputs, (double)vars[7], keep: true);
        ctx.save_data(WantsKey, Branches.Wants(vars));
        ctx.save_for_backward([x, inputs[1], inputs[3], inputs[5], kept!]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        List<Tensor> saved = ctx.get_saved_variables();
        var wants = (bool[])ctx.get_data(WantsKey);
        (Tensor x, Tensor gradient) = (saved[0], grad_output.contiguous());
        MlpJob job = Job(x, [x, saved[1], saved[1], saved[2], saved[2], saved[3], saved[3]]);
        float* at = TensorFloats.Of(saved[4]);
        Place(ref job, at);
        (long forward, long back, long normed, long activated) = (Panels.Size(job.Width, job.Hidden), Panels.Size(job.Hidden, job.Width), Panels.Size(job.Rows, job.Width), Panels.Size(job.Rows, job.Hidden));
        (long hidden, long rows, long norm) = ((long)job.Rows * job.Hidden, (long)job.Rows * job.Width, 2L * job.Threads * job.Width);
        Tensor room = TensorFloats.Room(forward, back, normed, activated, hidden, rows, norm);
        at = TensorFloats.Of(room);
        job.SecondPanels = TensorFloats.Take(ref at, forward);
        job.FirstPanels = TensorFloats.Take(ref at, back);
        job.NormedPanels = TensorFloats.Take(ref at, normed);
        job.ActivatedPanels = TensorFloats.Take(ref at, activated);
        job.OfHidden = TensorFloats.Take(ref at, hidden);
        job.OfNormed = TensorFloats.Take(ref at, rows);
        job.OfNorm = TensorFloats.Take(ref at, norm);
        Tensor ofX = empty_like(x), ofNormWeight = empty(job.Width), ofNormBias = empty(job.Width);
        Tensor ofFirst = empty(job.Hidden, job.Width), ofFirstBias = empty(job.Hidden), ofSecond = empty(job.Width, job.Hidden), ofSecondBias = empty(job.Width);
        job.Gradient = TensorFloats.Of(gradient);
        job.OfX = TensorFloats.Of(ofX);
        job.OfFirst = TensorFloats.Of(ofFirst);
        job.OfFirstBias = TensorFloats.Of(ofFirstBias);
        job.OfSecond = TensorFloats.Of(ofSecond);
        job.OfSecondBias = TensorFloats.Of(ofSecondBias);
        job.OfWeights = wants[3] || wants[4] || wants[5] || wants[6];
        ComputeThreads.Run(job.Threads, job.Threads, &MlpJob.PackBackward, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &MlpJob.Backward, &job);
        if (job.OfWeights) ComputeThreads.Run(job.Threads, job.Threads, &MlpJob.Weights, &job);
        Branches.SumNorm(job.OfNorm, job.Threads, job.Width, ofNormWeight, ofNormBias);
        return Branches.Gradients(wants, [ofX, ofNormWeight, ofNormBias, ofFirst, ofFirstBias, ofSecond, ofSecondBias, null]);
    }

    // The input is returned as it was read.
    private static (Tensor Output, Tensor Input, Tensor? Kept) Compute(Tensor[] inputs, double eps, bool keep)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor x = inputs[0].contiguous(), output = empty_like(x);
        MlpJob job = Job(x, inputs);
        job.Eps = (float)eps;
        Tensor kept = Kept(ref job), room = TensorFloats.Room(Panels.Size(job.Width, job.Hidden), Panels.Size(job.Hidden, job.Width));
        float* at = TensorFloats.Of(room);
        job.FirstPanels = TensorFloats.Take(ref at, Panels.Size(job.Width, job.Hidden));
        job.SecondPanels = TensorFloats.Take(ref at, Panels.Size(job.Hidden, job.Width));
        job.FirstBias = TensorFloats.Of(inputs[4]);
        job.SecondBias = TensorFloats.Of(inputs[6]);
        job.NormBias = TensorFloats.Of(inputs[2]);
        job.Y = TensorFloats.Of(output);
        ComputeThreads.Run(job.Threads, job.Threads, &MlpJob.PackForward, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &MlpJob.Forward, &job);
        return keep ? (output.MoveToOuterDisposeScope(), x.MoveToOuterDisposeScope(), kept.MoveToOuterDisposeScope()) : (output.MoveToOuterDisposeScope(), inputs[0], null);
    }

    private static MlpJob Job(Tensor x, Tensor[] inputs)
    {
        var job = new MlpJob { Width = (int)x.shape[^1], Hidden = (int)inputs[3].shape[0] };
        job.Rows = (int)(x.numel() / job.Width);
        job.Threads = Branches.Threads(job.Rows);
        job.X = TensorFloats.Of(x);
        job.NormWeight = TensorFloats.Of(inputs[1]);
        job.FirstWeight = TensorFloats.Of(inputs[3]);
        job.SecondWeight = TensorFloats.Of(inputs[5]);
        return job;
    }

    private static Tensor Kept(ref MlpJob job)
    {
        Tensor kept = TensorFloats.Room(2L * job.Rows, (long)job.Rows * job.Width, (long)job.Rows * job.Hidden, (long)job.Rows * job.Hidden);
        Place(ref job, TensorFloats.Of(kept));
        return kept;
    }

    private static void Place(ref MlpJob job, float* at)
    {
        job.Statistics = TensorFloats.Take(ref at, 2L * job.Rows);
        job.Normed = TensorFloats.Take(ref at, (long)job.Rows * job.Width);
        job.Activated = TensorFloats.Take(ref at, (long)job.Rows * job.Hidden);
        job.Slopes = TensorFloats.Take(ref at, (long)job.Rows * job.Hidden);
    }
}
