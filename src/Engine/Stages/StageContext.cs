using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Training;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>What every stage needs from its run.</summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Device">Device of the models.</param>
/// <param name="Data">How cases are opened.</param>
/// <param name="Logger">Receives values and messages.</param>
/// <param name="Clock">Time.</param>
public sealed record StageContext(int Seed, Device Device, DataServices Data, IStageLogger Logger, TimeProvider Clock)
{
    /// <summary>The processes that run the stage together.</summary>
    public IProcessGroup Group { get; init; } = SingleProcess.Instance;
}
