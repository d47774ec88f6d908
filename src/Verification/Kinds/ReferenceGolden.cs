using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Engine.Weights;
using HiEndMae.ExperimentFiles;
using HiEndMae.References;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>A golden as components see it. It notes which tensors were read.</summary>
/// <param name="golden">The golden.</param>
/// <param name="context">Components, and where they compute.</param>
internal sealed class ReferenceGolden(GoldenFile golden, GoldenContext context) : IReferenceTensors
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    public Device Device => context.Device;

    public Tensor this[string name]
    {
        get
        {
            read.Add(name);
            return golden[name].to(context.Device);
        }
    }

    public bool Has(string name) => golden.Has(name);

    public IEnumerable<string> Names(string prefix) => golden.Names(prefix).ToArray();

    public string Text(string key) => golden.Text(key);

    public Encoder CreateEncoder(string toml, EncoderContext encoderContext)
    {
        var encoder = context.Create<Encoder>(Slot.Encoder, toml, encoderContext);
        encoder.to(context.Device);
        return encoder;
    }

    public (Tensor Rates, Tensor Decays) Schedules(string optimizer, string schedule, int steps)
    {
        var binding = new BindContext(context.Components, _ => null);
        OptimizerConfig rates = OptimizerConfig.Read(Table(optimizer, OptimizerConfig.Schema), binding);
        var length = new TrainingLength(steps);
        ISchedule byStep = LearningRates.Create(rates.Lr, ScheduleConfig.Read(Table(schedule, ScheduleConfig.Schema), binding), length);
        var decays = new WeightDecaySchedule(rates, length);
        return (tensor([.. Enumerable.Range(0, steps).Select(byStep.LrAt)]), tensor([.. Enumerable.Range(0, steps).Select(decays.At)]));
    }

    public Tensor Optimised(string optimizer, Tensor start, Tensor gradients)
    {
        OptimizerConfig config = OptimizerConfig.Read(Table(optimizer, OptimizerConfig.Schema), new BindContext(context.Components, _ => null));
        using var parameter = new TorchSharp.Modules.Parameter(start.detach().clone());
        using IOptimizer rule = Optimizers.Create(config, [new ParameterGroup([("value", parameter)], 1, config.WeightDecay)], context.Threads);
        var steps = new List<Tensor>();
        for (long step = 0; step < gradients.shape[0]; step++)
        {
            rule.ZeroGrad();
            parameter.grad = gradients[step].clone();
            rule.Step(new StepRequest(config.Lr) { MaxGradNorm = config.GradClip, MaxParameterNorm = config.ParameterClip });
            steps.Add(parameter.detach().clone());
        }
        return stack(steps);
    }

    private ConfigTable Table(string toml, SectionSchema schema)
    {
        var errors = new List<ConfigDiagnostic>();
        ConfigTable table = TomlReader.Read(toml, "the golden", errors.Add) ?? throw new CheckpointException(errors[0].Message);
        return ConfigChecker.Check(table, schema, "[pretrain]", new CheckContext(context.Components, errors.Add)) ? table : throw new CheckpointException(errors.First(error => error.IsError).ToString());
    }

    /// <summary>Tensors that were neither read nor compared.</summary>
    public IReadOnlyList<string> Left(IEnumerable<string> compared) => [.. golden.Names("").Except(read).Except(compared)];
}
