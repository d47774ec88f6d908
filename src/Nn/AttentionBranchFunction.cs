using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The autograd node of an attention branch with its norm and residual: <see cref="AttentionJob"/>.</summary>
internal sealed unsafe class AttentionBranchFunction : autograd.SingleTensorFunction<AttentionBranchFunction>
{
    private const string WantsKey = "wants", HeadsKey = "heads";
    private const int X = 0, Context = 1, NormWeight = 2, NormBias = 3, QueryWeight = 4, QueryBias = 5, ContextWeight = 6, ContextBias = 7, OutWeight = 8, OutBias = 9, Heads = 10, Eps = 11;

    public override string Name => nameof(AttentionBranchFunction);

    /// <summary>Self-attention with its norm and residual.</summary>
    /// <param name="x">[B, N, E], which <see cref="Branches.Serve"/>.</param>
    /// <param name="norm">Weight and bias of the norm, [E].</param>
    /// <param name="eps">Epsilon of the norm.</param>
    /// <param name="qkv">[3E, E] and [3E].</param>
    /// <param name="proj">[E, E] and [E].</param>
    /// <param name="heads">H.</param>
    public static Tensor Self(Tensor x, (Tensor Weight, Tensor Bias) norm, double eps, (Tensor Weight, Tensor Bias) qkv, (Tensor Weight, Tensor Bias) proj, int heads) =>
        Run([x, null!, norm.Weight, norm.Bias, qkv.Weight, qkv.Bias, null!, null!, proj.Weight, proj.Bias, heads, eps]);

    /// <summary>Cross-attention with its norm and residual.</summary>
    /// <param name="x">[B, N, E], which <see cref="Branches.Serve"/>.</param>
    /// <param name="context">[B, V, E].</param>
    /// <param name="norm">Weight and bias of the norm, [E].</param>
    /// <param name="eps">Epsilon of the norm.</param>
    /// <param name="q">[E, E] and [E].</param>
    /// <param name="kv">[2E, E] and [2E].</param>
    /// <param name="proj">[E, E] and [E].</param>
    /// <param name="heads">H.</param>
    public static Tensor Cross(
        Tensor x, Tensor context, (Tensor Weight, Tensor Bias) norm, double eps, (Tensor Weight, Tensor Bias) q, (Tensor Weight, Tensor Bias) kv, (Tensor Weight, Tensor Bias) proj, int heads) =>
        Run([x, context, norm.Weight, norm.Bias, q.Weight, q.Bias, kv.Weight, kv.Bias, proj.Weight, proj.Bias, heads, eps]);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        (Tensor output, Tensor x, Tensor? context, Tensor? kept) = Compute(vars, keep: true);
        ctx.save_data(WantsKey, Branches.Wants(vars));
        ctx.save_data(HeadsKey, vars[Heads]);
        Tensor[] weights = [(Tensor)vars[NormWeight], (Tensor)vars[QueryWeight], (Tensor)vars[OutWeight]];
        ctx.save_for_backward(context is null ? [x, kept!, .. weights] : [x, kept!, .. weights, context, (Tensor)vars[ContextWeight]]);
        return output;
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        List<Tensor> saved = ctx.get_saved_variables();
        var wants = (bool[])ctx.get_data(WantsKey);
        (Tensor x, Tensor gradient, Tensor? context) = (saved[0], grad_output.contiguous(), saved.Count > 5 ? saved[5] : null);
        var weights = new Tensor?[Heads];
        (weights[NormWeight], weights[QueryWeight], weights[OutWeight], weights[ContextWeight]) = (saved[2], saved[3], saved[4], saved.Count > 5 ? saved[6] : null);
        AttentionJob job = Job(x, context, weights, (int)ctx.get_data(HeadsKey));
        Place(ref job, TensorFloats.Of(saved[1]));
        (int width, int outputs, long rows) = (job.Width, job.QueryWidth, (long)job.Rows * job.Width);
        (long query, long keyValue, long norm, long panels, long contextPanels) = ((long)job.Rows * outputs, 2L * job.ContextRows * width, 2L * job.Threads * width, Panels.Size(job.Rows, width), Panels.Size(job.ContextRows, width));
        Tensor room = TensorFloats.Room(Panels.Size(outputs, width), Panels.Size(2 * width, width), Panels.Size(width, width), job.Threads * AttentionKernel.Scratch(job.Shape), rows, rows, query, keyValue, norm, panels, panels, contextPanels);
        float* at = PlaceShared(ref job, room, outputs, width, width, 2 * width);
        job.OfMixed = TensorFloats.Take(ref at, rows);
        job.OfNormed = TensorFloats.Take(ref at, rows);
        job.OfQuery = TensorFloats.Take(ref at, query);
        job.OfKeyValue = TensorFloats.Take(ref at, keyValue);
        job.OfNorm = TensorFloats.Take(ref at, norm);
        job.MixedPanels = TensorFloats.Take(ref at, panels);
        job.NormedPanels = TensorFloats.Take(ref at, panels);
        job.ContextRowPanels = TensorFloats.Take(ref at, contextPanels);
        var gradients = new Tensor?[Eps + 1];
        gradients[X] = empty_like(x);
        (gradients[NormWeight], gradients[NormBias]) = (empty(width), empty(width));
        (gradients[QueryWeight], gradients[QueryBias]) = (empty(outputs, width), empty(outputs));
        (gradients[OutWeight], gradients[OutBias]) = (empty(width, width), empty(width));
        if (context is not null) (gradients[Context], gradients[ContextWeight], gradients[ContextBias]) = (empty_like(context), empty(2 * width, width), empty(2 * width));
        job.Gradient = TensorFloats.Of(gradient);
        job.OfX = Address(gradients[X]);
        job.OfContext = Address(gradients[Context]);
        job.OfQueryWeight = Address(gradients[QueryWeight]);
        job.OfQueryBias = Address(gradients[QueryBias]);
        job.OfContextWeight = Address(gradients[ContextWeight]);
        job.OfContextBias = Address(gradients[ContextBias]);
        job.OfOutWeight = Address(gradients[OutWeight]);
        job.OfOutBias = Address(gradients[OutBias]);
        job.OfWeights = wants.AsSpan(QueryWeight, OutBias - QueryWeight + 1).Contains(true);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.PackBackward, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.ReturnBackward, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.MixBackward, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.ProjectBackward, &job);
        Branches.SumNorm(job.OfNorm, job.Threads, width, gradients[NormWeight]!, gradients[NormBias]!);
        return Branches.Gradients(wants, gradients);
    }

    private static Tensor Run(object[] vars) => is_grad_enabled() ? apply(vars) : Compute(vars, keep: false).Output;

    // The input and the context are returned as they were read.
    private static (Tensor Output, Tensor Input, Tensor? Context, Tensor? Kept) Compute(object[] vars, bool keep)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor x = ((Tensor)vars[X]).contiguous(), output = empty_like(x);
        Tensor? context = (vars[Context] as Tensor)?.contiguous();
        var weights = new Tensor?[Heads];
        for (int i = NormWeight; i < Heads; i++) weights[i] = vars[i] as Tensor;
        AttentionJob job = Job(x, context, weights, (int)vars[Heads]);
        job.Eps = (float)(double)vars[Eps];
        Tensor kept = Kept(ref job);
        Tensor room = TensorFloats.Room(Panels.Size(job.Width, job.QueryWidth), Panels.Size(job.Width, 2 * job.Width), Panels.Size(job.Width, job.Width), job.Threads * AttentionKernel.Scratch(job.Shape));
        PlaceShared(ref job, room, job.Width, job.QueryWidth, 2 * job.Width, job.Width);
        job.NormBias = Address(weights[NormBias]);
        job.QueryBias = Address(weights[QueryBias]);
        job.ContextBias = Address(weights[ContextBias]);
        job.OutBias = Address(weights[OutBias]);
        job.Y = TensorFloats.Of(output);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.PackForward, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.Project, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.Mix, &job);
        ComputeThreads.Run(job.Threads, job.Threads, &AttentionJob.Return, &job);
        return keep
            ? (output.MoveToOuterDisposeScope(), x.MoveToOuterDisposeScope(), context?.MoveToOuterDisposeScope(), kept.MoveToOuterDisposeScope())
            : (output.MoveToOuterDisposeScope(), (Tensor)vars[X], null, null);
    }

    private static AttentionJob Job(Tensor x, Tensor? context, Tensor?[] weights, int heads)
    {
        long[] sizes = x.shape;
        (int batch, int tokens, int width) = ((int)sizes[0], (int)sizes[1], (int)sizes[2]);
        var job = new AttentionJob
        {
            Shape = new AttentionShape(batch, heads, tokens, context is null ? tokens : (int)context.shape[1], width / heads, context is null ? 3 * width : width, context is null ? 3 * width : 2 * width),
            Threads = Branches.Threads(batch * tokens),
        };
        job.X = TensorFloats.Of(x);
        job.Context = Address(context);
        job.NormWeight = Address(weights[NormWeight]);
        job.QueryWeight = Address(weights[QueryWeight]);
        job.ContextWeight = Address(weights[ContextWeight]);
        job.OutWeight = Address(weights[OutWeight]);
        return job;
    }

    private static Tensor Kept(ref AttentionJob job)
    {
        long rows = (long)job.Rows * job.Width;
        Tensor kept = TensorFloats.Room(2L * job.Rows, rows, (long)job.Rows * job.QueryWidth, 2L * job.ContextRows * job.Width, rows, (long)job.Rows * job.Shape.Heads);
        Place(ref job, TensorFloats.Of(kept));
        return kept;
    }

    private static void Place(ref AttentionJob job, float* at)
    {
        long rows = (long)job.Rows * job.Width;
        job.Statistics = TensorFloats.Take(ref at, 2L * job.Rows);
        job.Normed = TensorFloats.Take(ref at, rows);
        job.Query = TensorFloats.Take(ref at, (long)job.Rows * job.QueryWidth);
        job.KeyValue = TensorFloats.Take(ref at, 2L * job.ContextRows * job.Width);
        job.Mixed = TensorFloats.Take(ref at, rows);
        job.Logs = TensorFloats.Take(ref at, (long)job.Rows * job.Shape.Heads);
    }

    // Assigns memory for the panels of the weights and for the threads, which both passes need. Returns the address after them.
    private static float* PlaceShared(ref AttentionJob job, Tensor room, int queryInner, int queryColumns, int contextColumns, int contextInner)
    {
        float* at = TensorFloats.Of(room);
        job.QueryPanels = TensorFloats.Take(ref at, Panels.Size(queryInner, queryColumns));
        job.ContextPanels = TensorFloats.Take(ref at, Panels.Size(contextInner, contextColumns));
        job.OutPanels = TensorFloats.Take(ref at, Panels.Size(job.Width, job.Width));
        job.Scratch = TensorFloats.Take(ref at, job.Threads * AttentionKernel.Scratch(job.Shape));
        return at;
    }

    private static float* Address(Tensor? tensor) => tensor is null ? null : TensorFloats.Of(tensor);
}
