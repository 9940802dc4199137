// 日本語の文言: エラー一覧。
import type { Translations } from '../en.ts';

export const problemsJa: Pick<Translations, 'problems'> = {
  problems: {
    pair_refused: {
      title: 'ペアが操作を拒否しました。何も変更されていません',
      remedy: '詳細に理由があります。"nezuban pair status" で、ペアの状態と次に実行すべきことが分かります。',
    },
    backup_refused: {
      title: '今はバックアップを取得できません',
      remedy: '詳細に理由があります。進行中のバックアップと保存先は "nezuban backup status" で確認できます。',
    },
    not_master: {
      title: 'このホストは今マスタではなく、マスタにも届きません',
      remedy:
        '数秒後にもう一度試すか、もう一方のホストを開いてください。どちらのホストでも "nezuban pair status" で詳しく分かります。',
    },
    invalid_request: {
      title: 'リクエストの内容が正しくありません',
      remedy: '示された項目を直してください。',
    },
    invalid_definition: {
      title: '定義に誤りがあります。何も変更されていません',
      remedy: '示された箇所を直して、もう一度適用してください。',
    },
    body_too_large: {
      title: 'データが大きすぎます',
      remedy: 'ファイルを分けるか、上限以下に短くしてください。',
    },
    unsupported_media_type: {
      title: 'この形式は受け付けられません',
      remedy: '示された形式で送ってください。',
    },
    not_signed_in: {
      title: 'サインインが必要です',
      remedy: 'サインインするか、有効な API トークンを送ってください。',
    },
    sign_in_refused: {
      title: 'ユーザ名またはパスワードが違います',
      remedy: '両方を確かめてください。失敗が続いた場合は、しばらく待つ必要があります。',
    },
    password_change_needed: {
      title: '先にパスワードの変更が必要です',
      remedy: 'ワンタイムパスワードを新しいパスワードに変更してください。',
    },
    csrf_refused: {
      title: 'この画面からのリクエストではありません',
      remedy: 'ページを再読み込みして、もう一度試してください。',
    },
    forbidden: { title: '許可されていません', remedy: '管理者に権限を依頼してください。' },
    too_many_requests: {
      title: 'リクエストが多すぎます',
      remedy: 'しばらく待ってから、もう一度試してください。',
    },
    not_found: { title: '見つかりません', remedy: '名前や番号を確かめるか、一覧から選んでください。' },
    already_exists: {
      title: 'その名前は使われています',
      remedy: '別の名前にするか、既存のものを変更してください。',
    },
    precondition_failed: {
      title: 'その間に、ほかのユーザが変更しました',
      remedy: '最新の内容を読み込んでから、もう一度変更してください。',
    },
    precondition_required: {
      title: '変更の元になった版が指定されていません',
      remedy: 'ページを再読み込みして、もう一度試してください。',
    },
    session_stands: {
      title: 'セッションを読み込めません',
      remedy:
        '原因は詳細を参照してください。1 分ごとに再試行します。他のセッションは続行しています。マネージャのログを添えてお問い合わせください。',
    },
    operation_refused: {
      title: '今の状態では、その操作はできません',
      remedy: '状態と、可能な操作を確かめてください。',
    },
    search_too_slow: {
      title: '検索の対象が多すぎます',
      remedy: '文字列に加えて、期間、ノード、コード、重要度、セッションのいずれかで絞り込んでください。',
    },
    frozen: {
      title: '抑止中のため開始できません',
      remedy:
        '誰が、なぜ抑止しているかは詳細に表示されます。「運用操作」で確認し、解除を待つか、再開してください。',
    },
    net_overlap: {
      title: '同時に実行できる数のセッションがまだ終了していません',
      remedy:
        '終了を待つか、ジョブネットの多重実行の設定を変更してください(「overlap: queue」にすると、開始は順番を待ちます)。',
    },
    no_target: {
      title: '実行先のノードがありません',
      remedy: '存在する実行先を指定するか、エージェントを追加してください。',
    },
    missing_parameter: {
      title: '値のないパラメータがあります',
      remedy: '示されたパラメータの値を指定してください。',
    },
    join_refused: {
      title: '参加トークンが無効です',
      remedy: '「ノード」の画面か "nezuban join-token" で、新しいトークンを発行してください。',
    },
    shutting_down: { title: 'マネージャが停止処理中です', remedy: '数秒後にもう一度試してください。' },
    database_unavailable: {
      title: 'データベースが応答しません',
      remedy:
        '再起動中です。数秒後にもう一度試してください。続く場合は、マネージャのログを確かめてください。',
    },
    internal: {
      title: '内部で問題が起きました',
      remedy: 'リクエスト番号をもとにマネージャのログを確かめ、報告してください。',
    },
  },
};
