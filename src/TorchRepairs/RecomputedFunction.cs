using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.TorchRepairs;

/// <summary>The autograd node of <see cref="Recomputed"/>.</summary>
internal sealed class RecomputedFunction : autograd.SingleTensorFunction<RecomputedFunction>
{
    private const string Part = "part", Random = "random", Type = "type";

    public override string Name => nameof(RecomputedFunction);

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var part = (Func<IReadOnlyList<Tensor>, bool, Tensor>)vars[0];
        Tensor[] inputs = [.. vars.Skip(1).Cast<Tensor>()];
        var random = RandomState.Take(inputs[0].device);
        ctx.save_data(Part, part);
        ctx.save_data(Random, random);
        if (CurrentType(inputs[0].device_type) is { } type) ctx.save_data(Type, type);
        ctx.save_for_backward([.. inputs]);
        random.Begin();
        return part(inputs, false);
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        var part = (Func<IReadOnlyList<Tensor>, bool, Tensor>)ctx.get_data(Part);
        var random = (RandomState)ctx.get_data(Random);
        Tensor[] inputs = [.. ctx.get_saved_variables().Select(saved => saved.detach().requires_grad_(saved.requires_grad))];
        var after = RandomState.Take(inputs[0].device);
        using (enable_grad())
        {
            random.Begin();
            Again(part, inputs, ctx.get_data(Type) as ScalarType?).backward([grad_output]);
        }
        after.Begin();
        // The first input is the part itself, which has no gradient.
        return [null!, .. inputs.Select(input => input.requires_grad ? input.grad?.MoveToOuterDisposeScope()! : null!)];
    }

    private static Tensor Again(Func<IReadOnlyList<Tensor>, bool, Tensor> part, Tensor[] inputs, ScalarType? type)
    {
        var autocast = type is null ? null : new Autocast(inputs[0].device_type);
        if (autocast is null or { IsOn: true }) return part(inputs, true);
        autocast.Enter(type!.Value);
        try
        {
            return part(inputs, true);
        }
        finally
        {
            autocast.Leave();
        }
    }

    private static ScalarType? CurrentType(DeviceType device)
    {
        try
        {
            var autocast = new Autocast(device);
            return autocast.IsOn ? autocast.Type : null;
        }
        catch (MissingFunctionException)
        {
            return null; // without the functions autocast cannot be on
        }
    }
}
