namespace HiEndMae.Sweeps;

/// <summary>A stage that is being run, wherever that is.</summary>
internal interface IRunningStage
{
    /// <summary>The stage.</summary>
    SweepStage Stage { get; }

    /// <summary>The last line that it said, such as "pretrain: 20/600 loss 0.91"; empty before the first.</summary>
    string News { get; }
}
