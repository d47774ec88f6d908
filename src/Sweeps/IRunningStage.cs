namespace HiEndMae.Sweeps;

/// <summary>A stage that is running, in a local process or in a job of a cluster.</summary>
internal interface IRunningStage
{
    /// <summary>The stage.</summary>
    SweepStage Stage { get; }

    /// <summary>The last line of its output, such as "pretrain: 20/600 loss 0.91"; empty before the first line.</summary>
    string News { get; }
}
