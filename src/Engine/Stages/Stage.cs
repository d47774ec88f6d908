namespace HiEndMae.Engine.Stages;

/// <summary>A stage of an experiment. Its name is that of its folder in the run directory, of its values in metrics.jsonl, and of its tracked run.</summary>
/// <param name="Kind">What the stage does.</param>
/// <param name="Start">Short name of what a fine-tuning starts from, such as "scratch"; empty for pre-training.</param>
public readonly record struct Stage(StageKind Kind, string Start)
{
    private const char Separator = '-';

    /// <summary>The pre-training.</summary>
    public static Stage Pretrain { get; } = new(StageKind.Pretrain, "");

    /// <summary>pretrain, finetune-START or evaluate-START.</summary>
    public string Name => Kind == StageKind.Pretrain ? KindName : $"{KindName}{Separator}{Start}";

    /// <summary>pretrain, finetune or evaluate: the name of the stage's table in experiment files.</summary>
    public string KindName => NameOf(Kind);

    /// <summary>Folder of the checkpoints, relative to the run directory. Evaluations have none.</summary>
    public string CheckpointFolder => Path.Combine(Name, CheckpointFolderName);

    /// <summary>Name of the folder of checkpoints within a stage's folder.</summary>
    public const string CheckpointFolderName = "checkpoints";

    /// <summary>The fine-tuning of a start.</summary>
    public static Stage Finetune(string start) => new(StageKind.Finetune, start);

    /// <summary>The evaluation of a start.</summary>
    public static Stage Evaluate(string start) => new(StageKind.Evaluate, start);

    /// <summary>pretrain, finetune or evaluate.</summary>
    public static string NameOf(StageKind kind) => kind switch
    {
        StageKind.Pretrain => "pretrain",
        StageKind.Finetune => "finetune",
        _ => "evaluate",
    };

    /// <summary>Reads a stage's name.</summary>
    /// <returns>Null if it is not the name of a stage.</returns>
    public static Stage? Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == NameOf(StageKind.Pretrain)) return Pretrain;
        foreach (StageKind kind in (StageKind[])[StageKind.Finetune, StageKind.Evaluate])
        {
            string prefix = NameOf(kind) + Separator;
            if (name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal)) return new Stage(kind, name[prefix.Length..]);
        }
        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
