using HiEndMae.Counting;
using HiEndMae.Engine.Benchmarks;
using HiEndMae.Imaging;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>The checks of encoders, pretext tasks and heads. Each failure becomes a sentence; a failed check does not stop the others.</summary>
/// <param name="maker">Creates models.</param>
/// <param name="options">Sizes.</param>
/// <param name="failures">Receives the failures.</param>
internal sealed class ModuleChecks(ModelMaker maker, ConformanceOptions options, List<string> failures)
{
    private const int ResumeSteps = 4, ResumedAt = 2, LeakPasses = 3;
    private const double LearningRate = 1e-3, MostUncounted = 0.02;

    /// <summary>Runs every check.</summary>
    public void Run()
    {
        foreach (EncoderUse use in maker.Uses)
        {
            string suffix = maker.Uses.Count > 1 ? $" ({use})" : "";
            int before = failures.Count;
            Check("shapes and gradients" + suffix, () => Gradients(use));
            // A component that cannot be created or run fails every other check in the same way.
            if (failures.Count > before) continue;
            Check("registered parts" + suffix, () => Registration(use));
            Check("other batch sizes" + suffix, () => BatchSizes(use));
            Check("leaks" + suffix, () => Leaks(use));
            Check("determinism" + suffix, () => Determinism(use));
            Check("saved state" + suffix, () => State(use));
            Check("resume" + suffix, () => Resume(use));
            Check("counted operations" + suffix, () => Operations(use));
            if (options.Bfloat16) Check("bfloat16" + suffix, () => HalfPrecision(use));
        }
    }

    private void Check(string name, Func<string?> check)
    {
        try
        {
            using DisposeScope scope = NewDisposeScope();
            if (check() is { } failure) failures.Add($"{name}: {failure}.");
        }
        catch (ShapeException error)
        {
            failures.Add($"{name}: {error.Message}.");
        }
        // The component is the thing under test: whatever it throws is a result.
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            failures.Add($"{name}: {error.GetType().Name}: {error.Message.Split('\n')[0]} ({error.StackTrace?.Split('\n').FirstOrDefault(line => !line.Contains("TorchSharp", StringComparison.Ordinal))?.Trim()})");
        }
    }

    private string? Gradients(EncoderUse use)
    {
        using TrialModel model = maker.Make(use);
        Loss(model, 0, options.Batch).backward();
        string[] trained = [.. Parameters(model.Tested).Where(entry => entry.Value.requires_grad).Select(entry => entry.Key)];
        if (trained.Except(options.Untrained).Where(name => Parameters(model.Tested)[name].grad is null).ToArray() is { Length: > 0 } without)
            return $"{without.Length} of {trained.Length} parameters get no gradient: {Some(without)}. Use them in the loss, set requires_grad = false, or list them in ConformanceOptions.Untrained";
        string[] broken = [.. trained.Where(name => Parameters(model.Tested)[name].grad is { } gradient && !gradient.isfinite().all().item<bool>())];
        return broken.Length > 0 ? $"gradients are NaN or infinite: {Some(broken)}" : null;
    }

    private string? Registration(EncoderUse use)
    {
        using TrialModel model = maker.Make(use);
        string[] forgotten = [.. UnregisteredParts.Of(model.Tested)];
        return forgotten.Length > 0 ? $"{Some(forgotten)} {(forgotten.Length == 1 ? "is" : "are")} not registered, so weights in {(forgotten.Length == 1 ? "it" : "them")} are neither trained nor saved. Call RegisterComponents() in the last line of the constructor, and use nn.ModuleList in place of lists" : null;
    }

    private string? BatchSizes(EncoderUse use)
    {
        using TrialModel model = maker.Make(use);
        Loss(model, 0, options.Batch + 1).backward();
        Evaluating(model);
        using (no_grad()) Loss(model, 0, 1);
        return null;
    }

    private string? Leaks(EncoderUse use)
    {
        using TrialModel model = maker.Make(use);
        Pass(); // gradients and caches are created once
        Pass();
        long before = Tensor.TotalCount;
        for (int i = 0; i < LeakPasses; i++) Pass();
        long kept = Tensor.TotalCount - before;
        return kept > 0 ? $"{kept} tensors are left over after {LeakPasses} passes. Open a DisposeScope in each forward method, and keep no tensors in fields" : null;

        void Pass()
        {
            using DisposeScope scope = NewDisposeScope();
            Loss(model, 0, options.Batch).backward();
        }
    }

    private string? Determinism(EncoderUse use)
    {
        using TrialModel first = maker.Make(use), second = maker.Make(use);
        if (Different(first.Tested, second.Tested) is { } name) return $"two components with the same seed begin with different values of '{name}'. Draw initial weights with libtorch alone";
        Tensor one = Loss(first, 3, options.Batch), two = Loss(second, 3, options.Batch);
        if (!Same(one, two)) return $"the same batch and seed gave the losses {one.item<float>():R} and {two.item<float>():R}";
        one.backward();
        two.backward();
        return Parameters(first.Tested).FirstOrDefault(entry => entry.Value.grad is { } gradient && !Same(gradient, Parameters(second.Tested)[entry.Key].grad!)).Key is { } other
            ? $"the same batch and seed gave two different gradients of '{other}'" : null;
    }

    private string? State(EncoderUse use)
    {
        using TrialModel first = maker.Make(use), second = maker.Make(use);
        using (no_grad())
        {
            // Values that no initialisation has.
            foreach (Parameter parameter in Parameters(first.Tested).Values) parameter.add_(rand_like(parameter), 0.01);
        }
        Copy(first.Tested, second.Tested);
        Copy(first.Encoder, second.Encoder);
        Evaluating(first);
        Evaluating(second);
        using (no_grad())
        {
            Tensor one = Loss(first, 0, options.Batch), two = Loss(second, 0, options.Batch);
            return Same(one, two) ? null : "a component with the parameters and buffers of another one computes other values. Keep everything that it learns in parameters or buffers, and register them";
        }
    }

    private string? Resume(EncoderUse use)
    {
        using TrialModel whole = maker.Make(use), begun = maker.Make(use), resumed = maker.Make(use);
        for (int step = 0; step < ResumeSteps; step++) Train(whole, step);
        for (int step = 0; step < ResumedAt; step++) Train(begun, step);
        Copy(begun.Tested, resumed.Tested);
        Copy(begun.Encoder, resumed.Encoder);
        for (int step = ResumedAt; step < ResumeSteps; step++) Train(resumed, step);
        return Different(whole.Tested, resumed.Tested) is { } name
            ? $"{ResumeSteps} steps, and {ResumedAt} steps with {ResumeSteps - ResumedAt} more after a restart, end with different values of '{name}'. State between steps must be a parameter or a buffer, and random numbers must come from libtorch"
            : null;
    }

    private string? Operations(EncoderUse use)
    {
        using TrialModel model = maker.Make(use);
        if (maker.Counted(model, use) is not { } parts) return null;
        long parameters = Parameters(model.Tested).Values.Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()), counted = parts.Sum(part => part.Parameters);
        if (counted != parameters) return $"Count says {counted} trained parameters; there are {parameters}";
        Evaluating(model);
        using var ran = new ExecutedOperations(model.Tested);
        using (no_grad())
        {
            if (model.Tested is Encoder encoder) encoder.Encode(Volumes(0, 1), []);
            else Loss(model, 0, 1);
        }
        long all = parts.Sum(part => part.MultiplyAdds), attention = parts.Sum(part => part.Products.Attention);
        // Executed operations may lack attention that is not a layer, because it is not observed. They must not lack anything else.
        // A model that consists only of functions has no layer to compare with.
        if (ran.MultiplyAdds == 0) return null;
        bool fits = ran.MultiplyAdds <= all * (1 + MostUncounted) && ran.MultiplyAdds >= (all - attention) * (1 - MostUncounted);
        return fits || (attention == 0 && parts.All(part => part.Products == ProductCount.None) && ran.MultiplyAdds <= all * (1 + MostUncounted))
            ? null : $"Count says {all} multiply-adds for a sample, {attention} of them attention; {ran.MultiplyAdds} ran in layers";
    }

    private string? HalfPrecision(EncoderUse use)
    {
        using TrialModel model = maker.Make(use);
        var autocast = new Autocast(DeviceType.CPU);
        autocast.Enter(ScalarType.BFloat16);
        Tensor loss;
        try
        {
            loss = Loss(model, 0, options.Batch);
        }
        finally
        {
            autocast.Leave();
        }
        loss.backward();
        if (!loss.isfinite().item<bool>()) return "the loss is NaN or infinite";
        string[] broken = [.. Parameters(model.Tested).Where(entry => entry.Value.grad is { } gradient && !gradient.isfinite().all().item<bool>()).Select(entry => entry.Key)];
        return broken.Length > 0 ? $"gradients are NaN or infinite: {Some(broken)}" : null;
    }

    // A step of plain gradient descent, whose optimiser has no state of its own.
    private void Train(TrialModel model, int step)
    {
        using DisposeScope scope = NewDisposeScope();
        var info = new StepInfo(step, ResumeSteps);
        Parameter[] trained = [.. Parameters(model.Tested).Values.Concat(Parameters(model.Encoder).Values).Distinct().Where(parameter => parameter.requires_grad)];
        model.Tested.zero_grad();
        model.Encoder.zero_grad();
        Loss(model, step, options.Batch).backward();
        (model.Tested as PretextTask)?.GradientsReady(model.Encoder, info);
        using (no_grad())
        {
            foreach (Parameter parameter in trained)
            {
                if (parameter.grad is { } gradient) parameter.sub_(gradient * LearningRate);
            }
        }
        (model.Tested as PretextTask)?.Updated(model.Encoder, info);
    }

    // As in a training, the generators are seeded for every batch.
    private Tensor Loss(TrialModel model, int step, int batch)
    {
        Tensor volumes = Volumes(step, batch);
        manual_seed(1000 + step);
        return model.Loss(volumes, step);
    }

    private Tensor Volumes(int step, int batch)
    {
        manual_seed(2000 + step);
        Size3 crop = options.Crop;
        return rand([batch, options.Channels, crop.X, crop.Y, crop.Z]);
    }

    private static void Evaluating(TrialModel model)
    {
        model.Tested.eval();
        model.Encoder.eval();
    }

    private static Dictionary<string, Parameter> Parameters(nn.Module module) => module.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter);

    private static Dictionary<string, Tensor> Values(nn.Module module) => module.named_parameters().Select(entry => (entry.name, Value: (Tensor)entry.parameter))
        .Concat(module.named_buffers().Select(entry => (entry.name, Value: entry.buffer))).ToDictionary(entry => entry.name, entry => entry.Value);

    private static void Copy(nn.Module from, nn.Module to)
    {
        using IDisposable quiet = no_grad();
        Dictionary<string, Tensor> target = Values(to);
        foreach ((string name, Tensor value) in Values(from)) target[name].copy_(value);
    }

    private static string? Different(nn.Module one, nn.Module two)
    {
        Dictionary<string, Tensor> other = Values(two);
        return Values(one).FirstOrDefault(entry => !other.TryGetValue(entry.Key, out Tensor? value) || !Same(entry.Value, value)).Key;
    }

    // NaN equals NaN here, because the question is whether two runs gave the same values.
    private static bool Same(Tensor one, Tensor two)
    {
        using DisposeScope scope = NewDisposeScope();
        return one.shape.SequenceEqual(two.shape) && (one.eq(two) | (one.isnan() & two.isnan())).all().item<bool>();
    }

    private static string Some(string[] names) => names.Length <= 5 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(5))} and {names.Length - 5} more";
}
